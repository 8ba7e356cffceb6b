import * as vscode from 'vscode';
import type { FailureCode, FailureDetails } from '../core/failure';

/** A failure's words, made of its details. */
export type Words<Code extends FailureCode> = (details: FailureDetails<Code>) => FailureMessage;

/** What went wrong, in a sentence or two, and the one thing to do about it. */
export interface FailureMessage {
  text: string;
  action: FailureAction;
}

/** What a failure's message offers, as a button. */
export interface FailureAction {
  title: string;
  command: string;
  args?: unknown[];
}

export function showLog(): FailureAction {
  return { title: vscode.l10n.t('Show Log'), command: 'dockerVolumes.showLog' };
}

export function openSetting(setting: string): FailureAction {
  return { title: vscode.l10n.t('Open Setting'), command: 'dockerVolumes.openSetting', args: [setting] };
}

export function openPage(title: string, address: string): FailureAction {
  return { title, command: 'vscode.open', args: [vscode.Uri.parse(address)] };
}

export function withOtherConsistency(): FailureAction {
  return { title: vscode.l10n.t('Snapshot with Other Consistency…'), command: 'dockerVolumes.snapshotWithNote' };
}

/** Connects anew: that finds an engine that is back, and every new connection finishes what was interrupted. */
export function tryAgain(title = vscode.l10n.t('Try Again')): FailureAction {
  return { title, command: 'dockerVolumes.reconnect' };
}

export function refresh(): FailureAction {
  return { title: vscode.l10n.t('Refresh'), command: 'dockerVolumes.refresh' };
}

export function backUp(): FailureAction {
  return { title: vscode.l10n.t('Back Up…'), command: 'dockerVolumes.exportVolume' };
}

export function otherBackup(): FailureAction {
  return { title: vscode.l10n.t('Choose Another…'), command: 'dockerVolumes.importBackup' };
}
