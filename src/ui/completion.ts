import * as vscode from 'vscode';
import type { Loss } from '../core/entry';
import { isFailure } from '../core/failure';
import type { NotUp, Warning } from '../core/operations';
import { offer, type Button } from './button';
import { messageOf } from './failureMessages';
import { presentError } from './presentError';
import { notUpWords, showContainerLogs } from './notUp';
import { forNotification } from './plainText';
import { lossWords } from './words';

/** What is said at the end of an operation. */
export interface Completion {
  text: string;
  losses?: readonly Loss[];
  /** What people have to know besides. */
  warnings?: readonly Warning[];
  /** Offered as a button, such as Undo. */
  action?: Button;
  /** Offered beside it. */
  alsoAction?: Button;
}

/** Does not wait for the user: the operation has ended. */
export function showCompletion(
  { text, losses = [], warnings = [], action, alsoAction }: Completion,
  log: vscode.LogOutputChannel,
): void {
  const sentences = [text, ...losses.map(lossWords), ...warnings.map(warningWords)];
  const message = forNotification(sentences.filter(Boolean).join(' '));
  const notUp = warnings.filter((warning): warning is NotUp => !isFailure(warning));
  const buttons: Button[] = [
    ...(action ? [action] : []),
    ...(alsoAction ? [alsoAction] : []),
    ...(notUp.some(({ log }) => log.length > 0)
      ? [{ title: vscode.l10n.t('Log of the Container'), run: () => showContainerLogs(notUp) }]
      : []),
    ...(losses.length > 0 ? [showLog()] : []),
  ];
  const isWarning = losses.length > 0 || warnings.length > 0;
  const show = isWarning ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  void offer(show, message, buttons, (error) => presentError(error, log));
}

function warningWords(warning: Warning): string {
  return isFailure(warning) ? messageOf(warning).text : notUpWords(warning);
}

function showLog(): Button {
  return { title: vscode.l10n.t('Show Log'), run: () => vscode.commands.executeCommand('dockerVolumes.showLog') };
}
