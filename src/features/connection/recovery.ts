import * as vscode from 'vscode';
import type { VolumeEngine } from '../../core/engine';
import { recover, type RecoverySeen } from '../../core/operations';
import type { KeptReports } from '../../core/recovery/keptReports';
import { isWorthTelling, nothingRecovered, type RecoveryReport } from '../../core/recovery/report';
import type { TimingRecord } from '../../core/timings/record';
import { endedBy, recordOperation } from '../../core/timings/recorder';
import { showCompletion } from '../../ui/completion';
import { presentError } from '../../ui/presentError';
import { format } from '../../ui/words';

/** Puts right what a dead VS Code or a lost connection left on the engine, and tells the user once what that was. */
export async function recoverAndTell(
  engine: VolumeEngine,
  log: vscode.LogOutputChannel,
  keep: (record: TimingRecord) => Promise<void>,
): Promise<void> {
  try {
    tell(await recorded(engine, keep), log);
  } catch (error) {
    presentError(error, log, vscode.l10n.t('Recovery'));
  }
}

/** Of most connections there is nothing to put right, and then no record. */
async function recorded(engine: VolumeEngine, keep: (record: TimingRecord) => Promise<void>): Promise<RecoveryReport> {
  const { signal } = new AbortController();
  const volumes = new Set<string>();
  let report = nothingRecovered();
  const save = async (record: TimingRecord): Promise<void> => {
    if (!isWorthTelling(report)) return;
    const [failure] = report.failures;
    const volume = format.list([...volumes]) || '–';
    await keep({ ...record, volume, ...(failure !== undefined && endedBy(failure)) });
  };
  return recordOperation({ kind: 'recovery', volume: '', engine: engine.name, signal, save }, async (run) => {
    const seen: RecoverySeen = {
      phase: (name) => run.phase(name),
      progress: (progress) => run.progress(progress),
      count: (figures) => run.count(figures),
      volumes: (names) => names.forEach((name) => volumes.add(name)),
    };
    return (report = await recover({ engine, seen }, signal));
  });
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
  showCompletion({ text, warnings: notUp }, log);
}

function recoveryWords({
  restarted,
  finished,
  undone,
  notDone,
  dropped,
  replaced,
  notReplaced,
  trials,
}: RecoveryReport): string[] {
  const sentences: string[] = [];
  if (finished.length > 0) {
    sentences.push(vscode.l10n.t('An interrupted restore was finished: {0}.', format.list(finished)));
  }
  if (undone.length > 0) {
    const volumes = format.list(undone);
    sentences.push(
      vscode.l10n.t('An interrupted restore was taken back, what it had changed is as before: {0}.', volumes),
    );
  }
  if (notDone.length > 0) {
    const volumes = format.list(notDone);
    sentences.push(
      vscode.l10n.t('An interrupted restore was not carried out, it had not changed anything yet: {0}.', volumes),
    );
  }
  if (restarted.length > 0) {
    sentences.push(vscode.l10n.t('Containers that had been frozen run again: {0}.', format.list(restarted)));
  }
  if (replaced.length > 0) {
    const containers = format.list(replaced);
    sentences.push(vscode.l10n.t('An interrupted replacement of a container was carried out: {0}.', containers));
  }
  if (notReplaced.length > 0) {
    const containers = format.list(notReplaced);
    sentences.push(
      vscode.l10n.t('An interrupted replacement of a container was taken back, it is as before: {0}.', containers),
    );
  }
  if (dropped.length > 0) {
    sentences.push(vscode.l10n.t('An interrupted snapshot was dropped: {0}.', format.list(dropped)));
  }
  if (trials.length > 0) sentences.push(vscode.l10n.t('What an interrupted trial restore had left was removed.'));
  return sentences;
}
