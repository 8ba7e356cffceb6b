import * as vscode from 'vscode';
import { chosen } from './cancellation';
import { forNotification } from './plainText';

/** Asks before something is done. `details` are paragraphs. Rejects with `Cancelled` unless the answer is `yes`. */
export async function confirm(question: string, details: readonly string[], yes: string): Promise<void> {
  await choose(question, details, [yes]);
}

/** The same with several answers that mean yes. */
export async function choose(
  question: string,
  details: readonly string[],
  answers: readonly string[],
): Promise<string> {
  const options = { modal: true, detail: details.map(forNotification).join('\n\n') };
  return chosen(await vscode.window.showWarningMessage(forNotification(question), options, ...answers));
}
