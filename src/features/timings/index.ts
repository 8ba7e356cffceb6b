import * as vscode from 'vscode';
import type { AnalysisSubject } from '../../core/timings/pageMessages';
import type { TimingStore } from '../../core/timings/timingStore';
import type { CommandRegistry } from '../../ui/commands';
import { confirm } from '../../ui/confirm';
import type { Operations } from '../../ui/operation';
import { nodeOf, volumeAround, type Targets } from '../volumes/targets';
import { analyse, subjectFor } from './analyse';
import { copyMarkdown, exportReport } from './report';
import { TimingsPage, timingsViewType } from './timingsPage';

export function registerTimings(
  context: vscode.ExtensionContext,
  commands: CommandRegistry,
  targets: Targets,
  operations: Operations,
  store: TimingStore,
): void {
  const newestFirst = async () => (await store.readAll()).sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  const clear = async (): Promise<void> => {
    const detail = vscode.l10n.t('Estimates begin anew, too. Snapshots and backups stay.');
    await confirm(vscode.l10n.t('Clear the timings of all operations?'), [detail], vscode.l10n.t('Clear'));
    await store.clear();
    await page.refresh();
  };
  let lastAsked: AnalysisSubject | undefined;
  const showAnalysis = async (of: AnalysisSubject): Promise<void> => {
    lastAsked = of;
    const analysis = await analyse(of, operations);
    if (analysis && lastAsked === of) page.showAnalysis(analysis);
  };
  const page = new TimingsPage(context.extensionUri, {
    records: () => store.readAll(),
    snapshots: () =>
      targets.snapshots().map(({ id, volume, time, totalBytes, addedBytes, files }) => {
        return { id, volume: volume.name, time, totalBytes, addedBytes, files };
      }),
    act: (message) =>
      void commands.guard(async () => {
        if (message.type === 'clear') await clear();
        else if (message.type === 'export') await exportReport(await newestFirst(), message.filter);
        else if (message.type === 'analyse') await showAnalysis(message.of);
        else if (message.type === 'copyMarkdown') await copyMarkdown(await newestFirst(), message.filter);
      }),
  });
  // Other windows write records, too, and remove them. Not every file system tells of it, so that our own do not wait for that.
  const written = new vscode.RelativePattern(vscode.Uri.file(store.folder), '*');
  const watcher = vscode.workspace.createFileSystemWatcher(written);
  context.subscriptions.push(
    page,
    vscode.window.registerWebviewPanelSerializer(timingsViewType, page),
    operations.onDidEnd(() => void page.refresh()),
    watcher,
    watcher.onDidCreate(() => void page.refresh()),
    watcher.onDidChange(() => void page.refresh()),
    watcher.onDidDelete(() => void page.refresh()),
  );
  // In the title of a view, too, where VS Code may pass `undefined`: that is not a row that is gone.
  commands.register('showTimings', async (...[argument]) => {
    const node = await nodeOf(argument, targets);
    const volume = node && volumeAround(node, targets)?.volume.name;
    page.show(volume === undefined ? undefined : { volume });
  });
  commands.register('analyseVolume', async (node) => showAnalysis(await subjectFor(node, targets)));
  commands.register('exportTimings', async () => exportReport(await newestFirst(), {}));
  commands.register('clearTimings', clear);
}
