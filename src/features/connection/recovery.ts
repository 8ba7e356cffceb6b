import * as vscode from 'vscode';
import { recover, type Host, type RecoveryReport } from '../../core/operations';
import { showCompletion } from '../../ui/completion';
import { presentError } from '../../ui/presentError';
import { format } from '../../ui/words';

/** Puts right what a dead VS Code or a lost connection left on the engine, and tells the user once what that was. */
export async function recoverAndTell(host: Host, log: vscode.LogOutputChannel, signal: AbortSignal): Promise<void> {
  try {
    const report = await recover(host, signal);
    for (const failure of report.failures) presentError(failure, log, vscode.l10n.t('Recovery'));
    const text = recoveryWords(report).join(' ');
    const { notUp } = report;
    if (text === '' && notUp.length === 0) return;
    log.info('recovered', text, ...notUp.map(({ container, why }) => `${container} ${why}`));
    showCompletion({ text, notUp });
  } catch (error) {
    presentError(error, log, vscode.l10n.t('Recovery'));
  }
}

function recoveryWords({ restarted, finished, dropped }: RecoveryReport): string[] {
  const sentences: string[] = [];
  if (finished.length > 0) {
    sentences.push(vscode.l10n.t('An interrupted restore was finished: {0}.', format.list(finished)));
  }
  if (restarted.length > 0) {
    sentences.push(vscode.l10n.t('Containers that had been frozen run again: {0}.', format.list(restarted)));
  }
  if (dropped.length > 0) {
    sentences.push(vscode.l10n.t('An interrupted snapshot was dropped: {0}.', format.list(dropped)));
  }
  return sentences;
}
