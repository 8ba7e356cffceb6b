import * as vscode from 'vscode';
import { displayName } from '../core/bytes';
import type { SyncHalt } from '../core/syncRules';
import { openSetting, refresh, showLog, type Words } from './failureActions';
import { oneLine } from './commandEndWords';
import { format, lossWords } from './words';

type VolumeCode =
  | 'volumeInUse'
  | 'volumeNotEmpty'
  | 'volumeSecretUnknown'
  | 'volumesAreOne'
  | 'syncHalted'
  | 'copyConflict'
  | 'folderNotOnEngine'
  | 'snapshotNotWhole'
  | 'oldVolumeStays'
  | 'onOtherEngine'
  | 'engineIsTheSame'
  | 'standbyInUse'
  | 'standbyEmpty'
  | 'primaryIsBack'
  | 'engineIsAnother'
  | 'failOverRefused'
  | 'transferDamaged';

/** The part of the catalogue that is about what is done with whole volumes. */
export const volumeFailureMessages: { [Code in VolumeCode]: Words<Code> } = {
  volumeInUse: ({ volume, containers }) => ({
    text:
      containers.length > 0
        ? vscode.l10n.t(
            'Volume “{0}” is used by {1}, so nothing was changed. Remove what uses it first, stopped containers too.',
            volume,
            format.list(containers),
          )
        : vscode.l10n.t('The engine says that volume “{0}” is in use, so nothing was changed.', volume),
    action: refresh(),
  }),
  volumeNotEmpty: ({ volume }) => ({
    text: vscode.l10n.t(
      'The new volume “{0}” holds data already: somebody has just written to it, or its driver and options name a place that was in use. Nothing was written to it, and it was left as it is.',
      volume,
    ),
    action: refresh(),
  }),
  volumeSecretUnknown: ({ volume }) => ({
    text: vscode.l10n.t(
      'The options of volume “{0}” hold a password, which is kept nowhere but in the engine. Create the volume yourself with the same options.',
      volume,
    ),
    action: { title: vscode.l10n.t('Restore to New Volume…'), command: 'dockerVolumes.restoreToNewVolume' },
  }),
  volumesAreOne: ({ volume, other }) => ({
    text: vscode.l10n.t('Volumes “{0}” and “{1}” hold the same data, or one lies in the other.', volume, other),
    action: refresh(),
  }),
  copyConflict: ({ volume, path }) => ({
    text: vscode.l10n.t(
      'Nothing was changed: “{0}” is a folder on one side only, here or in the volume “{1}”.',
      displayName(path),
      volume,
    ),
    action: refresh(),
  }),
  folderNotOnEngine: ({ folder }) => ({
    text: vscode.l10n.t(
      'The engine does not see the folder “{0}”: it is on another machine, or in one of its own. A backup to a file brings a volume here.',
      folder,
    ),
    action: { title: vscode.l10n.t('Back Up to File…'), command: 'dockerVolumes.exportVolume' },
  }),
  syncHalted: ({ source, target, why }) => ({
    text: [
      vscode.l10n.t('The sync of {0} to {1} looks like an accident, and changed nothing.', source, target),
      haltWords(why),
    ].join(' '),
    action: showLog(),
  }),
  snapshotNotWhole: ({ volume, losses, consistency }) => ({
    text: [
      vscode.l10n.t('The snapshot of “{0}” would not hold all of it, so nothing was removed.', volume),
      ...(consistency === 'live'
        ? [vscode.l10n.t('Something wrote to it all the time, so that files may be of different moments.')]
        : []),
      ...losses.filter(({ kind }) => kind !== 'socket').map(lossWords),
    ].join(' '),
    action: showLog(),
  }),
  oldVolumeStays: ({ volume, name, reason }) => ({
    text: vscode.l10n.t(
      'Volume “{0}” has all of the data, but the engine has not removed “{1}”, or not all of it: {2}. Look at “{0}” first, then remove “{1}”.',
      name,
      volume,
      oneLine(reason),
    ),
    action: refresh(),
  }),
  // In its place, `messageOf` says what happened there.
  onOtherEngine: ({ engine, code }) => ({ text: otherEngineWords(engine, code), action: showLog() }),
  engineIsTheSame: ({ engine }) => ({
    text: vscode.l10n.t(
      'The engine “{0}” is the one that is shown here. Within one engine, volumes are synced by “Sync to Volume”.',
      engine,
    ),
    action: refresh(),
  }),
  standbyInUse: ({ volume, engine, primary, containers }) => ({
    text: vscode.l10n.t(
      'Both sides are in use: “{0}” on {1} is the standby of a volume on {2}, and {3} runs on it. It was not written to. Stop what should not run, or fail over.',
      volume,
      engine,
      primary,
      format.list(containers),
    ),
    action: showLog(),
  }),
  standbyEmpty: ({ engine }) => ({
    text: vscode.l10n.t('Nothing was ever synced to the standby on {0}, and the primary does not answer.', engine),
    action: showLog(),
  }),
  primaryIsBack: ({ volume, engine, since }) => ({
    text: vscode.l10n.t(
      'The engine {0} is back. It did not answer when the other side took over ({1}), and “{2}” on it may have data that was never synced. “Update Standby” makes it a standby, and keeps that in a snapshot.',
      engine,
      format.time(new Date(since)),
      volume,
    ),
    action: { title: vscode.l10n.t('Update Standby…'), command: 'dockerVolumes.updateStandby' },
  }),
  engineIsAnother: ({ expected, found }) => ({
    text: vscode.l10n.t('This standby is of the engine {0}, and {1} is connected.', expected, found),
    action: openSetting('dockerVolumes.engine'),
  }),
  failOverRefused: ({ container, reason }) => ({
    text: vscode.l10n.t('The container {0} could not be started ({1}), so nothing fails over.', container, reason),
    action: showLog(),
  }),
  transferDamaged: ({ reason }) => ({
    text: vscode.l10n.t('What came from the other engine is not what was sent ({0}). No volume was changed.', reason),
    action: showLog(),
  }),
};

export function otherEngineWords(engine: string, text: string): string {
  return vscode.l10n.t('On {0}: {1}', engine, text);
}

/** What a sync would do that looks like an accident, in a sentence. */
export function haltWords(why: SyncHalt): string {
  if (why.rule === 'sourceEmpty') {
    return vscode.l10n.t(
      'There is nothing in the source, and everything in the target would go: {0} entries.',
      format.count(why.targetEntries),
    );
  }
  const { removed, of, removedBytes, ofBytes } = why;
  return vscode.l10n.t(
    'Most of the target would go: {0} of {1} entries, {2} of {3}.',
    format.count(removed),
    format.count(of),
    format.bytes(removedBytes),
    format.bytes(ofBytes),
  );
}
