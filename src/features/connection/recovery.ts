import * as vscode from 'vscode';
import type { VolumeEngine } from '../../core/engine';
import { recover } from '../../core/operations';
import type { KeptReports } from '../../core/recovery/keptReports';
import type { RecoveryReport } from '../../core/recovery/report';
import { showCompletion } from '../../ui/completion';
import { presentError } from '../../ui/presentError';
import { format } from '../../ui/words';

/** Puts right what a dead VS Code or a lost connection left on the engine, and tells the user once what that was. */
export async function recoverAndTell(engine: VolumeEngine, log: vscode.LogOutputChannel): Promise<void> {
  try {
    tell(await recover({ engine }, new AbortController().signal), log);
  } catch (error) {
    presentError(error, log, vscode.l10n.t('Recovery'));
  }
}

/** Tells what watchdogs have put right meanwhile, now and from now on. */
export function tellKept(reports: KeptReports, log: vscode.LogOutputChannel): vscode.Disposable {
  const tellAll = async () => (await reports.take()).forEach((report) => tell(report, log));
  const watch = reports.watch(() => void tellAll());
  void tellAll();
  return watch;
}

export function tell(report: RecoveryReport, log: vscode.LogOutputChannel): void {
  for (const failure of report.failures) presentError(failure, log, vscode.l10n.t('Recovery'));
  const text = recoveryWords(report).join(' ');
  const { notUp } = report;
  if (text === '' && notUp.length === 0) return;
  log.info('recovered', text, ...notUp.map(({ container, why }) => `${container} ${why}`));
  showCompletion({ text, warnings: notUp });
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
