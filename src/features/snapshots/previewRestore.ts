import * as vscode from 'vscode';
import type { Changes } from '../../core/changes';
import { previewRestore as preview } from '../../core/operations';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import type { Button } from '../../ui/button';
import type { Operations } from '../../ui/operation';
import { format } from '../../ui/words';
import { snapshotFor, type Targets } from '../volumes/targets';
import { changesText, restoreHeading, wouldChange } from './changesText';

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
  const restoreIt = () => restore(node);
  const changes = await operations.run({
    kind: 'previewRestore',
    volume,
    title: vscode.l10n.t('Preview of a restore of {0}', volume),
    work: (host, run) => preview(host, { snapshot: entry, volume }, run),
    completion: (found) => ({
      text: wouldChange(volume, found),
      action: { title: vscode.l10n.t('Restore…'), run: restoreIt },
    }),
  });
  if (changes) await documents.open(volume, [entry], [changes], restoreIt);
}

const scheme = 'docker-volumes-preview';

interface Preview {
  text: string;
  /** What is offered in the editor. */
  action: Button;
}

/** The previews that are open. They are of one moment: nothing is kept of them beyond their editors. */
export class PreviewDocuments
  implements vscode.TextDocumentContentProvider, vscode.CodeLensProvider, vscode.Disposable
{
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly previews = new Map<string, Preview>();
  private readonly registrations = vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(scheme, this),
    vscode.languages.registerCodeLensProvider({ scheme }, this),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => this.previews.delete(uri.toString())),
    this.changed,
  );

  /** `changes`: one for each of the snapshots. `restore`: what is offered in the editor, for a message goes away. */
  async open(
    title: string,
    snapshots: readonly SnapshotEntry[],
    changes: readonly Changes[],
    restore: () => Promise<void>,
  ): Promise<void> {
    const [{ id, time }] = snapshots as readonly [SnapshotEntry];
    const name = `${title} ${format.time(new Date(time))}`;
    const text = snapshots.map((entry, i) => changesText(restoreHeading(entry), changes[i]!)).join('\n\n');
    await this.show({ name, id, text, action: { title: vscode.l10n.t('Restore…'), run: restore } });
  }

  async show({ name, id, ...preview }: Preview & { name: string; id: string }): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: `/${name.replaceAll('/', '-')}.txt`, query: id });
    this.previews.set(uri.toString(), preview);
    this.changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.previews.get(uri.toString())?.text ?? vscode.l10n.t('This preview is gone. Make a new one.');
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    const preview = this.previews.get(uri.toString());
    if (!preview) return [];
    const { title } = preview.action;
    const command = { title, command: 'dockerVolumes.restorePreviewed', arguments: [uri] };
    return [new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), command)];
  }

  /** What the preview in an editor shows; in the active one when none is named. */
  async restore(uri: unknown): Promise<void> {
    const named = uri instanceof vscode.Uri ? uri : vscode.window.activeTextEditor?.document.uri;
    await this.previews.get(String(named))?.action.run();
  }

  dispose(): void {
    this.registrations.dispose();
  }
}
