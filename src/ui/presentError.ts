import * as vscode from 'vscode';
import { Cancelled, type Failure, isFailure } from '../core/failure';
import { offer, type Button } from './button';
import { showLog, type FailureAction } from './failureActions';
import { messageOf } from './failureMessages';
import { forNotification } from './plainText';
import { phaseWords } from './words';

/**
 * The one place that turns an error into words. A cancel is shown as nothing; what is not in the catalogue is a bug, and
 * is logged with its stack. `doing` names the operation: "Snapshot of db". `also` are
 * buttons before that of the catalogue.
 */
export function presentError(
  error: unknown,
  log: vscode.LogOutputChannel,
  doing?: string,
  also: readonly Button[] = [],
): void {
  if (error instanceof Cancelled || error instanceof vscode.CancellationError) return;
  log.error(doing ?? 'unexpected', isFailure(error) ? describe(error) : stackOf(error));
  const { text, action } = wordsOf(error);
  const step = isFailure(error) && error.step && doing ? phaseWords[error.step] : undefined;
  const message = step
    ? vscode.l10n.t('{0} failed at “{1}”: {2}', doing ?? '', step, text)
    : doing
      ? vscode.l10n.t('{0} failed: {1}', doing, text)
      : text;
  const { title, command, args = [] } = action;
  const run = () => vscode.commands.executeCommand(command, ...args);
  const buttons = [...also, { title, run }];
  void offer(vscode.window.showErrorMessage, forNotification(message), buttons, (failure) =>
    presentError(failure, log),
  );
}

export function wordsOf(error: unknown): { text: string; action: FailureAction } {
  if (isFailure(error)) return messageOf(error);
  return { text: vscode.l10n.t('Something unexpected happened. The log has the details.'), action: showLog() };
}

function describe(failure: Failure): string {
  const step = failure.step ? ` at ${failure.step}` : '';
  return `${failure.message}${step}${failure.cause ? ` caused by ${stackOf(failure.cause)}` : ''}`;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
