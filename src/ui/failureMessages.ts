import * as vscode from 'vscode';
import { isFailure, type Failure, type FailureCode, type FailureDetails } from '../core/failure';
import { displayName } from '../core/bytes';
import { hookLabel } from '../core/consistency/hookLabels';
import { databaseNames, nameOf } from '../core/database';
import {
  openPage,
  openSetting,
  refresh,
  showLog,
  tryAgain,
  withOtherConsistency,
  type FailureMessage,
  type Words,
} from './failureActions';
import { endWords, oneLine } from './commandEndWords';
import { lostRestoreWords } from './lostRestoreWords';
import { backupFailureMessages } from './backupFailureMessages';
import { containerFailureMessages } from './containerFailureMessages';
import { imageProblemWords } from './imageProblemWords';
import { otherEngineWords, volumeFailureMessages } from './volumeFailureMessages';
import { format, holderWords } from './words';

/** The catalogue: every failure that we know has its words here, and nowhere else. */
export const failureMessages: { [Code in FailureCode]: Words<Code> } = {
  ...backupFailureMessages,
  ...volumeFailureMessages,
  ...containerFailureMessages,
  engineNotFound: (details) =>
    details.setting
      ? settingNotAnswering(details)
      : {
          text: vscode.l10n.t('No Docker engine was found. Start Docker, or set the address of the engine.'),
          action: openSetting('dockerVolumes.engine'),
        },
  enginePermissionDenied: () => ({
    text: vscode.l10n.t(
      'Your user may not use the Docker engine. Join the group of its socket, or run Docker rootless.',
    ),
    action: openPage(vscode.l10n.t('How to Give Access'), 'https://docs.docker.com/engine/install/linux-postinstall/'),
  }),
  engineNotAnswering: (details) =>
    details.setting
      ? settingNotAnswering(details)
      : {
          text: vscode.l10n.t('The Docker engine does not answer. It may be starting, or hang.'),
          action: tryAgain(),
        },
  engineWindowsContainers: () => ({
    text: vscode.l10n.t(
      'The engine runs Windows containers. Switch to Linux containers in the menu of Docker Desktop.',
    ),
    action: tryAgain(),
  }),
  engineLost: ({ restore }) => ({
    text: [vscode.l10n.t('The connection to the Docker engine was lost.'), lostRestoreWords(restore)].join(' '),
    action: tryAgain(),
  }),
  engineError: (details) => ({
    text: vscode.l10n.t('The Docker engine refused: {0}', details.message ?? details.reason ?? '…'),
    action: showLog(),
  }),
  volumeNotFound: (details) => ({
    text: vscode.l10n.t('There is no volume “{0}” on this engine. Nothing was created.', details.volume),
    action: refresh(),
  }),
  volumeRecreated: (details) => ({
    text: vscode.l10n.t('Volume “{0}” was removed and created anew meanwhile. Nothing was changed.', details.volume),
    action: refresh(),
  }),
  volumeExists: (details) => ({
    text: vscode.l10n.t('There is already a volume “{0}”. Nothing was changed.', details.volume),
    action: refresh(),
  }),
  volumeNotMountable: (details) => ({
    text: vscode.l10n.t('The engine cannot mount volume “{0}”: {1}', details.volume, details.reason),
    action: showLog(),
  }),
  volumeBusy: (details) => ({
    text: vscode.l10n.t(
      'Volume “{0}” is in use by another operation ({1}). Wait for it to end.',
      details.volume,
      holderWords(details),
    ),
    action: showLog(),
  }),
  freezeBusy: (details) => ({
    text: vscode.l10n.t(
      'Another operation keeps containers frozen on this engine ({0}). Try again when it has ended.',
      holderWords(details),
    ),
    action: showLog(),
  }),
  journalUnreadable: () => ({
    text: vscode.l10n.t(
      'Another version of this extension froze containers and died, and its note of them cannot be read. Look for containers that are still paused or stopped, and let them run.',
    ),
    action: showLog(),
  }),
  freezeOverBudget: (details) => ({
    text: vscode.l10n.t(
      'The containers would have been frozen for longer than {0} s, so they were left running and no snapshot was kept.',
      details.seconds,
    ),
    action: openSetting('dockerVolumes.freezeBudgetSeconds'),
  }),
  freezeUndone: (details) => ({
    text: vscode.l10n.t(
      'Container “{0}” was let run by someone else while it was frozen. What had begun was given up.',
      details.container,
    ),
    action: showLog(),
  }),
  containerCannotPause: (details) => ({
    text: vscode.l10n.t(
      'Container “{0}” is restarting and cannot be paused. Stop it, or choose another consistency for this snapshot.',
      details.container,
    ),
    action: withOtherConsistency(),
  }),
  containerPausedByUser: ({ container, sharesWith }) => ({
    text:
      sharesWith === undefined
        ? vscode.l10n.t(
            'Container “{0}” is paused and still holds the old data in memory. Let it run, or stop it, then restore again.',
            container,
          )
        : vscode.l10n.t(
            'Container “{0}” is paused and shares a namespace of “{1}”, which would have to be restarted. Let it run, or stop it, then try again.',
            container,
            sharesWith,
          ),
    action: refresh(),
  }),
  containerWouldBeRemoved: (details) => ({
    text: vscode.l10n.t(
      'Container “{0}” is removed as soon as it stops (--rm), so it was not stopped. Stop it yourself first.',
      details.container,
    ),
    action: showLog(),
  }),
  containerIsOurs: (details) => ({
    text: vscode.l10n.t(
      'VS Code itself runs in container “{0}”, so it cannot be paused or stopped. A “live” snapshot is possible, and a restore to a new volume.',
      details.container,
    ),
    action: withOtherConsistency(),
  }),
  labelInvalid: ({ label, value, on }) => ({
    text: vscode.l10n.t('The label {0} of “{1}” is not understood: “{2}”', label, on, oneLine(value)),
    action: withOtherConsistency(),
  }),
  hookFailed: ({ container, label, ...end }) => ({
    text: vscode.l10n.t('The command of the label {0} failed in container “{1}”: {2}', label, container, endWords(end)),
    // Not the log: what a command says may be secret, and is kept out of it.
    action: withOtherConsistency(),
  }),
  databaseNotPrepared: ({ container, database, ...end }) => ({
    text: vscode.l10n.t(
      '{0} in container “{1}” could not be prepared for a snapshot ({2}). Its label {3} can name a user who may, its label {4} another command, or none.',
      databaseNames[database],
      container,
      endWords(end),
      hookLabel.user,
      hookLabel.pre,
    ),
    action: withOtherConsistency(),
  }),
  containerServesEngine: (details) => ({
    text: vscode.l10n.t(
      'The connection to the engine goes through container “{0}”, so it cannot be paused or stopped. A “live” snapshot is possible, and a restore to a new volume.',
      details.container,
    ),
    action: withOtherConsistency(),
  }),
  containerIsManaged: (details) => ({
    text: vscode.l10n.t(
      'Container “{0}” belongs to {1}, which would start another one in its place. Scale its service to zero first.',
      details.container,
      details.by,
    ),
    action: refresh(),
  }),
  databaseVersionDiffers: ({ volume, then, now, users }) => ({
    text: vscode.l10n.t(
      'The snapshot holds data of {0}, and volume “{1}” is used by {2} with {3}, which cannot be expected to read it. Nothing was changed.',
      nameOf(then),
      volume,
      format.list(users),
      nameOf(now),
    ),
    action: { title: vscode.l10n.t('Restore to New Volume…'), command: 'dockerVolumes.restoreToNewVolume' },
  }),
  agentImageMissing: (details) => ({
    text: imageProblemWords(details),
    action: openSetting('dockerVolumes.agentImage'),
  }),
  agentLost: () => ({
    text: vscode.l10n.t('The agent beside the data ended without an answer. Nothing incomplete was kept.'),
    action: showLog(),
  }),
  agentFailed: (details) => ({
    text: vscode.l10n.t('The agent beside the data failed: {0}', details.message),
    action: showLog(),
  }),
  storeFull: ({ needed, free }) => ({
    text: vscode.l10n.t(
      'The disk of the engine is too full: {0} are needed and {1} are free. Nothing incomplete was kept; delete snapshots to make room.',
      format.bytes(needed),
      format.bytes(free),
    ),
    action: { title: vscode.l10n.t('Delete Snapshot…'), command: 'dockerVolumes.deleteSnapshot' },
  }),
  volumeFull: ({ needed, free }) => ({
    text: vscode.l10n.t(
      'The volume has too little room for this restore: {0} are needed and {1} are free. Nothing was changed.',
      format.bytes(needed),
      format.bytes(free),
    ),
    action: showLog(),
  }),
  spaceNotFreed: ({ reason }) => ({
    text: vscode.l10n.t(
      'Another snapshot of the volume cannot be read ({0}), so nothing that it may need was removed. Delete that one to free the space.',
      reason,
    ),
    action: showLog(),
  }),
  snapshotNotFound: () => ({
    text: vscode.l10n.t('This snapshot is no longer there.'),
    action: refresh(),
  }),
  snapshotDamaged: () => ({
    text: vscode.l10n.t('This snapshot is damaged in the store, so it was not restored. Nothing was changed.'),
    action: showLog(),
  }),
  storeDamaged: ({ volume }) => ({
    text: vscode.l10n.t(
      'Content that earlier snapshots of “{0}” need is missing from the store, so no snapshot was taken. Take it again: it will copy everything.',
      volume,
    ),
    action: { title: vscode.l10n.t('Snapshot'), command: 'dockerVolumes.snapshot', args: [{ volumeNamed: volume }] },
  }),
  restorePending: ({ volume, container }) => ({
    text: container
      ? vscode.l10n.t(
          'A restore of volume “{0}” was interrupted, and container “{1}” uses the volume. Stop it, so that the restore can be finished.',
          volume,
          container,
        )
      : vscode.l10n.t('A restore of volume “{0}” was interrupted and has to be finished first.', volume),
    action: tryAgain(vscode.l10n.t('Finish It')),
  }),
  restoreIncomplete: (details) => ({
    text: vscode.l10n.t(
      'The restore of volume “{0}” stopped half-way. Its containers stay stopped until it is finished; that is tried at every connection.',
      details.volume,
    ),
    action: tryAgain(vscode.l10n.t('Finish It')),
  }),
  restoreTurnedBack: ({ volume, path, reason }) => ({
    text: vscode.l10n.t(
      'The restore of volume “{0}” could not be carried out ({1}). The volume is what it was before.',
      volume,
      [path && displayName(path), reason].filter(Boolean).join(': '),
    ),
    action: showLog(),
  }),
  volumeChangedMeanwhile: ({ volume, path }) => ({
    text: vscode.l10n.t(
      'Something has just written to volume “{0}” ({1}), so nothing was changed. Stop what uses it, then restore again.',
      volume,
      displayName(path),
    ),
    action: refresh(),
  }),
  volumeChangedDuringRestore: (details) => ({
    text: vscode.l10n.t(
      'Container “{0}” has just begun to use the volume, so nothing was changed. Stop it, then restore again.',
      details.container,
    ),
    action: refresh(),
  }),
};

export function messageOf<Code extends FailureCode>(failure: Failure<Code>): FailureMessage {
  if (isFailure(failure, 'onOtherEngine') && isFailure(failure.cause)) {
    return { text: otherEngineWords(failure.details.engine, messageOf(failure.cause).text), action: showLog() };
  }
  return failureMessages[failure.code](failure.details);
}

function settingNotAnswering({ endpoint }: FailureDetails<'engineNotFound'>): FailureMessage {
  return {
    text: vscode.l10n.t(
      'The engine that the setting {0} names does not answer: {1}. Start it, or correct the address; an empty setting has the engine found by itself.',
      'dockerVolumes.engine',
      endpoint ?? '…',
    ),
    action: openSetting('dockerVolumes.engine'),
  };
}
