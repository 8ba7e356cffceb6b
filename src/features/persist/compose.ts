import * as path from 'node:path';
import * as vscode from 'vscode';
import { composeKey, type ComposeService } from '../../core/persist/composeService';
import { withVolume } from './composeEdit';

/** An edit of a Compose file, of what it was when it was read. */
export interface ComposeEdit {
  uri: vscode.Uri;
  before: string;
  after: string;
}

/** The last file that says what the service is, for it counts; undefined where none on this machine can be edited. */
export async function findEdit(
  { project, service, files }: ComposeService,
  volume: string,
  folder: string,
): Promise<ComposeEdit | undefined> {
  for (const file of files.toReversed()) {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file)).then(undefined, () => undefined);
    const before = document?.getText();
    const after = before && withVolume(before, { service, ...composeKey(project, volume), path: folder });
    if (document && before && after) return { uri: document.uri, before, after };
  }
  return undefined;
}

/** False where the file has been changed since it was read: it is left as it is. */
export async function applyEdit({ uri, before, after }: ComposeEdit): Promise<boolean> {
  const document = await vscode.workspace.openTextDocument(uri);
  if (document.getText() !== before) return false;
  const edit = new vscode.WorkspaceEdit();
  edit.replace(uri, new vscode.Range(document.positionAt(0), document.positionAt(before.length)), after);
  return (await vscode.workspace.applyEdit(edit)) && (await document.save());
}

const scheme = 'docker-volumes-compose';

/** Shows an edit beside the file as it is, before anybody has accepted it. */
export class ComposeDiffs implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  private shown = 0;

  async show({ uri, after }: ComposeEdit): Promise<void> {
    const edited = uri.with({ scheme, query: String(++this.shown) });
    this.texts.clear();
    this.texts.set(edited.toString(), after);
    const name = path.basename(uri.fsPath);
    const title = vscode.l10n.t('{0} with the new volume', name);
    await vscode.commands.executeCommand('vscode.diff', uri, edited, title, { preview: true });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  dispose(): void {
    this.registration.dispose();
  }
}
