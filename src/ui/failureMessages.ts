import * as vscode from 'vscode';
import type { FailureCode, FailureDetails } from '../core/failure';

/** What went wrong, in a sentence or two, and the one thing to do about it. */
export interface FailureMessage {
  text: string;
  action: FailureAction;
}

export interface FailureAction {
  title: string;
  command: string;
  args?: unknown[];
}

/** A detail by name, as text; `…` where a failure came without it. */
type Detail = (name: string) => string;

/** The catalogue: every failure that we know has its words here, and nowhere else. */
export const failureMessages: Record<FailureCode, (detail: Detail) => FailureMessage> = {
  engineNotFound: () => ({
    text: vscode.l10n.t('No Docker engine was found. Start Docker, or set the address of the engine.'),
    action: openSetting('dockerVolumes.engine'),
  }),
  enginePermissionDenied: () => ({
    text: vscode.l10n.t(
      'Your user may not use the Docker engine. Join the group of its socket, or run Docker rootless.',
    ),
    action: openPage(vscode.l10n.t('How to Give Access'), 'https://docs.docker.com/engine/install/linux-postinstall/'),
  }),
  engineNotAnswering: () => ({
    text: vscode.l10n.t('The Docker engine does not answer. It may be starting, or hang.'),
    action: tryAgain(),
  }),
  engineWindowsContainers: () => ({
    text: vscode.l10n.t(
      'The engine runs Windows containers. Switch to Linux containers in the menu of Docker Desktop.',
    ),
    action: tryAgain(),
  }),
  engineLost: () => ({
    text: vscode.l10n.t(
      'The connection to the Docker engine was lost. What was interrupted is put right when it is back.',
    ),
    action: tryAgain(),
  }),
  engineError: (detail) => ({
    text: vscode.l10n.t('The Docker engine refused: {0}', detail('message')),
    action: showLog(),
  }),
  volumeNotFound: (detail) => ({
    text: vscode.l10n.t('There is no volume “{0}” on this engine. Nothing was created.', detail('volume')),
    action: refresh(),
  }),
  volumeRecreated: (detail) => ({
    text: vscode.l10n.t('Volume “{0}” was removed and created anew meanwhile. Nothing was changed.', detail('volume')),
    action: refresh(),
  }),
  volumeExists: (detail) => ({
    text: vscode.l10n.t('There is already a volume “{0}”. Choose another name.', detail('volume')),
    action: refresh(),
  }),
  volumeNotMountable: (detail) => ({
    text: vscode.l10n.t('The engine cannot mount volume “{0}”: {1}', detail('volume'), detail('message')),
    action: showLog(),
  }),
  volumeBusy: (detail) => ({
    text: vscode.l10n.t(
      'Volume “{0}” is in use by another operation ({1}). Wait for it to end.',
      detail('volume'),
      detail('holder'),
    ),
    action: showLog(),
  }),
  freezeBusy: (detail) => ({
    text: vscode.l10n.t(
      'Another operation keeps containers frozen on this engine ({0}). Try again when it has ended.',
      detail('holder'),
    ),
    action: showLog(),
  }),
  freezeOverBudget: (detail) => ({
    text: vscode.l10n.t(
      'The containers would have been frozen for longer than {0} s, so they were left running and no snapshot was kept.',
      detail('seconds'),
    ),
    action: openSetting('dockerVolumes.freezeBudgetSeconds'),
  }),
  freezeUndone: (detail) => ({
    text: vscode.l10n.t(
      'Container “{0}” was let run by someone else while it was frozen. No snapshot was kept.',
      detail('container'),
    ),
    action: showLog(),
  }),
  containerCannotPause: (detail) => ({
    text: vscode.l10n.t(
      'Container “{0}” is restarting and cannot be paused. Stop it, or choose another consistency for this snapshot.',
      detail('container'),
    ),
    action: withOtherConsistency(),
  }),
  containerWouldBeRemoved: (detail) => ({
    text: vscode.l10n.t(
      'Container “{0}” is removed as soon as it stops (--rm), so it was not stopped. Stop it yourself first.',
      detail('container'),
    ),
    action: showLog(),
  }),
  containerIsOurs: (detail) => ({
    text: vscode.l10n.t(
      'VS Code itself runs in container “{0}”, so it cannot be paused or stopped. A “live” snapshot is possible.',
      detail('container'),
    ),
    action: withOtherConsistency(),
  }),
  containerNotStarted: (detail) => ({
    text: vscode.l10n.t('Container “{0}” could not be started again: {1}', detail('container'), detail('reason')),
    action: showLog(),
  }),
  agentImageMissing: (detail) => ({
    text: vscode.l10n.t(
      'The agent needs the image “{0}”, which this engine does not have and could not pull. Pull it, or set another one.',
      detail('image'),
    ),
    action: openSetting('dockerVolumes.agentImage'),
  }),
  agentLost: () => ({
    text: vscode.l10n.t('The agent beside the data ended without an answer. Nothing incomplete was kept.'),
    action: showLog(),
  }),
  agentFailed: (detail) => ({
    text: vscode.l10n.t('The agent beside the data failed: {0}', detail('message')),
    action: showLog(),
  }),
  storeFull: () => ({
    text: vscode.l10n.t(
      'The disk of the engine is too full for this snapshot. Nothing incomplete was kept; delete snapshots to make room.',
    ),
    action: { title: vscode.l10n.t('Delete Snapshot…'), command: 'dockerVolumes.deleteSnapshot' },
  }),
  volumeFull: (detail) => ({
    text: vscode.l10n.t('Volume “{0}” is too full for this restore.', detail('volume')),
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
  restorePending: (detail) => ({
    text: vscode.l10n.t('A restore of volume “{0}” was interrupted and has to be finished first.', detail('volume')),
    action: tryAgain(vscode.l10n.t('Finish It')),
  }),
  restoreIncomplete: (detail) => ({
    text: vscode.l10n.t(
      'The restore of volume “{0}” stopped half-way. Its containers stay stopped until it is finished; that is tried at every connection.',
      detail('volume'),
    ),
    action: tryAgain(vscode.l10n.t('Finish It')),
  }),
  volumeChangedDuringRestore: (detail) => ({
    text: vscode.l10n.t(
      'Container “{0}” began to use the volume during the restore. Restart it, for it may have seen old and new files.',
      detail('container'),
    ),
    action: showLog(),
  }),
};

export function detailsAsText(details: FailureDetails): Detail {
  return (name) => String(details[name] ?? '…');
}

export function showLog(): FailureAction {
  return { title: vscode.l10n.t('Show Log'), command: 'dockerVolumes.showLog' };
}

function openSetting(setting: string): FailureAction {
  return { title: vscode.l10n.t('Open Setting'), command: 'workbench.action.openSettings', args: [setting] };
}

function openPage(title: string, address: string): FailureAction {
  return { title, command: 'vscode.open', args: [vscode.Uri.parse(address)] };
}

function withOtherConsistency(): FailureAction {
  return { title: vscode.l10n.t('Choose Consistency…'), command: 'dockerVolumes.snapshotWithNote' };
}

/** Refresh connects anew when the connection is down, and a new connection recovers. */
function tryAgain(title = vscode.l10n.t('Try Again')): FailureAction {
  return { title, command: 'dockerVolumes.reconnect' };
}

function refresh(): FailureAction {
  return { title: vscode.l10n.t('Refresh'), command: 'dockerVolumes.refresh' };
}
