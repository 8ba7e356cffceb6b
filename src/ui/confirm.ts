import * as vscode from 'vscode';
import { chosen } from './cancellation';
import { forNotification } from './plainText';

/** Asks before something is done. `details` are paragraphs. Rejects with `Cancelled` unless the answer is `yes`. */
export async function confirm(question: string, details: readonly string[], yes: string): Promise<void> {
  const options = { modal: true, detail: details.map(forNotification).join('\n\n') };
  chosen(await vscode.window.showWarningMessage(forNotification(question), options, yes));
}
