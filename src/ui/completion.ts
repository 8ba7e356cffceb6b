import * as vscode from 'vscode';
import type { Loss } from '../core/entry';
import { forNotification } from './plainText';
import { lossWords } from './words';

/** What is said at the end of an operation. */
export interface Completion {
  text: string;
  losses?: readonly Loss[];
  /** Offered as a button, such as Undo. */
  action?: { title: string; run(): Promise<unknown> };
}

/** Does not wait for the user: the operation has ended. */
export function showCompletion(completion: Completion): void {
  void offer(completion);
}

async function offer({ text, losses = [], action }: Completion): Promise<void> {
  const showLog = vscode.l10n.t('Show Log');
  const buttons = [...(action ? [action.title] : []), ...(losses.length > 0 ? [showLog] : [])];
  const message = forNotification([text, ...losses.map(lossWords)].join(' '));
  const show = losses.length > 0 ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  const answer = await show(message, ...buttons);
  if (answer === undefined) return;
  if (answer === showLog) await vscode.commands.executeCommand('dockerVolumes.showLog');
  else await action?.run();
}
