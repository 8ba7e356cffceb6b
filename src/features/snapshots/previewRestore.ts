import * as vscode from 'vscode';
import type { Changes } from '../../core/changes';
import { previewRestore as preview } from '../../core/operations';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import type { Operations } from '../../ui/operation';
import { format } from '../../ui/words';
import { snapshotFor, type Targets } from '../volumes/targets';
import { changesText, wouldChange } from './changesText';

/** Shows in a read-only editor what a restore would do; `restore` is offered beside it. */
export async function previewRestore(
  argument: unknown,
  targets: Targets,
  operations: Operations,
  documents: PreviewDocuments,
  restore: (node: unknown) => Promise<void>,
): Promise<void> {
  const node = await snapshotFor(argument, targets, { inPlace: true });
  const { entry } = node;
  const volume = entry.volume.name;
  const changes = await operations.run({
    kind: 'previewRestore',
    volume,
    title: vscode.l10n.t('Preview of a restore of {0}', volume),
    work: (host, run) => preview(host, { snapshot: entry, volume }, run),
    completion: (found) => ({
      text: wouldChange(volume, found),
      action: { title: vscode.l10n.t('Restore…'), run: () => restore(node) },
    }),
  });
  if (changes) await documents.open(volume, [entry], [changes]);
}

const scheme = 'docker-volumes-preview';

/** The previews that are open. They are of one moment: nothing is kept of them beyond their editors. */
export class PreviewDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly texts = new Map<string, string>();
  private readonly registrations = vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(scheme, this),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => this.texts.delete(uri.toString())),
    this.changed,
  );

  /** `changes`: one for each of the snapshots. */
  async open(title: string, snapshots: readonly SnapshotEntry[], changes: readonly Changes[]): Promise<void> {
    const [{ id, time }] = snapshots as readonly [SnapshotEntry];
    const name = `${title} ${format.time(new Date(time)).replaceAll('/', '-')}`;
    const uri = vscode.Uri.from({ scheme, path: `/${name}.txt`, query: id });
    this.texts.set(uri.toString(), snapshots.map((entry, i) => changesText(entry, changes[i]!)).join('\n\n'));
    this.changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? vscode.l10n.t('This preview is gone. Make a new one.');
  }

  dispose(): void {
    this.registrations.dispose();
  }
}
