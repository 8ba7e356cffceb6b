import * as vscode from 'vscode';
import type { FailureCode } from '../core/failure';

/**
 * The catalogue of failures once more, without details: for a record, which keeps no more of a failure than its code.
 * `unexpected` is everything that is not in the catalogue.
 */
export const failureTitles: Record<FailureCode | 'unexpected', string> = {
  engineNotFound: vscode.l10n.t('no engine was found'),
  enginePermissionDenied: vscode.l10n.t('the engine may not be used'),
  engineNotAnswering: vscode.l10n.t('the engine did not answer'),
  engineWindowsContainers: vscode.l10n.t('the engine runs Windows containers'),
  engineLost: vscode.l10n.t('the connection to the engine was lost'),
  engineError: vscode.l10n.t('the engine refused'),
  volumeNotFound: vscode.l10n.t('there was no such volume'),
  volumeRecreated: vscode.l10n.t('the volume was created anew meanwhile'),
  volumeExists: vscode.l10n.t('there was such a volume already'),
  volumeNotMountable: vscode.l10n.t('the engine could not mount the volume'),
  volumeBusy: vscode.l10n.t('another operation had the volume'),
  freezeBusy: vscode.l10n.t('another operation had containers frozen'),
  journalUnreadable: vscode.l10n.t('another version’s note of frozen containers could not be read'),
  freezeOverBudget: vscode.l10n.t('the freeze would have taken too long'),
  freezeUndone: vscode.l10n.t('a frozen container was let run by someone else'),
  containerCannotPause: vscode.l10n.t('a container was restarting'),
  containerPausedByUser: vscode.l10n.t('a container was paused'),
  containerWouldBeRemoved: vscode.l10n.t('a container would have been removed by stopping it'),
  containerIsOurs: vscode.l10n.t('VS Code runs in a container that would have had to stand still'),
  labelInvalid: vscode.l10n.t('a label could not be understood'),
  hookFailed: vscode.l10n.t('a command in a container failed'),
  databaseNotPrepared: vscode.l10n.t('a database could not be prepared'),
  containerServesEngine: vscode.l10n.t('the connection to the engine goes through a container'),
  containerIsManaged: vscode.l10n.t('a container belongs to Swarm or Kubernetes'),
  databaseVersionDiffers: vscode.l10n.t('the data is of another version of the database'),
  agentImageMissing: vscode.l10n.t('there was no image for the agent'),
  agentLost: vscode.l10n.t('the agent ended without an answer'),
  agentFailed: vscode.l10n.t('the agent failed'),
  storeFull: vscode.l10n.t('the disk of the engine was too full'),
  volumeFull: vscode.l10n.t('the volume had too little room'),
  spaceNotFreed: vscode.l10n.t('the space could not be freed'),
  snapshotNotFound: vscode.l10n.t('there was no such snapshot'),
  snapshotDamaged: vscode.l10n.t('the snapshot is damaged'),
  storeDamaged: vscode.l10n.t('content was missing from the store'),
  restorePending: vscode.l10n.t('an interrupted restore had to be finished first'),
  restoreIncomplete: vscode.l10n.t('the restore stopped half-way'),
  restoreTurnedBack: vscode.l10n.t('the restore could not be carried out'),
  volumeChangedDuringRestore: vscode.l10n.t('a container began to use the volume'),
  volumeChangedMeanwhile: vscode.l10n.t('the volume was written to meanwhile'),
  unexpected: vscode.l10n.t('something unexpected happened'),
};
