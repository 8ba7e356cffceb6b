import * as vscode from 'vscode';
import type { Loss } from '../core/entry';
import type { NotUp } from '../core/operations';
import { notUpWords, showContainerLogs } from './notUp';
import { forNotification } from './plainText';
import { lossWords } from './words';

/** What is said at the end of an operation. */
export interface Completion {
  text: string;
  losses?: readonly Loss[];
  /** Containers that did not come up after it. */
  notUp?: readonly NotUp[];
  /** Offered as a button, such as Undo. */
  action?: Button;
}

interface Button {
  title: string;
  run(): Promise<unknown>;
}

/** Does not wait for the user: the operation has ended. */
export function showCompletion(completion: Completion): void {
  void offer(completion);
}

async function offer({ text, losses = [], notUp = [], action }: Completion): Promise<void> {
  const message = forNotification([text, ...losses.map(lossWords), ...notUp.map(notUpWords)].filter(Boolean).join(' '));
  const buttons: Button[] = [
    ...(action ? [action] : []),
    ...(notUp.some(({ log }) => log.length > 0)
      ? [{ title: vscode.l10n.t('Log of the Container'), run: () => showContainerLogs(notUp) }]
      : []),
    ...(losses.length > 0 ? [showLog()] : []),
  ];
  const isWarning = losses.length > 0 || notUp.length > 0;
  const show = isWarning ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  const answer = await show(message, ...buttons.map(({ title }) => title));
  await buttons.find(({ title }) => title === answer)?.run();
}

function showLog(): Button {
  const run = async () => void (await vscode.commands.executeCommand('dockerVolumes.showLog'));
  return { title: vscode.l10n.t('Show Log'), run };
}
