import * as vscode from 'vscode';
import type { Filter } from '../../core/timings/figures/filter';
import type { TimingRecord } from '../../core/timings/record';
import { asCsv } from '../../core/timings/report/csv';
import { asHtml } from '../../core/timings/report/html';
import { asJson } from '../../core/timings/report/json';
import { asMarkdown } from '../../core/timings/report/markdown';
import { reported, type Reported } from '../../core/timings/report/reported';
import { chosen } from '../../ui/cancellation';
import { format } from '../../ui/words';
import { defaultFolder } from '../backups/defaultFolder';
import { pageWords } from './pageWords';

export async function copyMarkdown(all: readonly TimingRecord[], filter: Filter): Promise<void> {
  await vscode.env.clipboard.writeText(asMarkdown(reportOf(all, filter)));
  void vscode.window.showInformationMessage(vscode.l10n.t('The figures are on the clipboard, as Markdown.'));
}

/** The ending of the name that is chosen says what it becomes. */
export async function exportReport(all: readonly TimingRecord[], filter: Filter): Promise<void> {
  const report = reportOf(all, filter);
  const name = `docker-volumes-timings-${report.now.toISOString().slice(0, 10)}.html`;
  const uri = chosen(
    await vscode.window.showSaveDialog({
      title: vscode.l10n.t('Export Report'),
      defaultUri: vscode.Uri.joinPath(defaultFolder(), name),
      filters: {
        [vscode.l10n.t('HTML, CSV or JSON')]: ['html', 'csv', 'json'],
      },
    }),
  );
  await vscode.workspace.fs.writeFile(uri, Buffer.from(contentFor(uri.path, report)));
  const open = vscode.l10n.t('Open');
  const message = vscode.l10n.t('Report of {0} operations exported.', format.count(report.records.length));
  void vscode.window.showInformationMessage(message, open).then((answer) => {
    if (answer !== open) return;
    return uri.path.endsWith('.html')
      ? vscode.env.openExternal(uri)
      : vscode.commands.executeCommand('vscode.open', uri);
  });
}

function contentFor(path: string, report: Reported): string {
  const name = path.toLowerCase();
  if (name.endsWith('.csv')) return asCsv(report);
  if (name.endsWith('.json')) return asJson(report);
  return asHtml(report, vscode.env.language);
}

function reportOf(all: readonly TimingRecord[], filter: Filter): Reported {
  const title = vscode.l10n.t('Docker Volumes: Timings');
  return reported(all, filter, { now: new Date(), words: pageWords, format, title });
}
