import * as vscode from 'vscode';
import { Failure } from '../../core/failure';
import type { EngineConnection } from '../connection/engineConnection';
import { nodeOf, volumeFor, type Targets } from './targets';

const scheme = 'docker-volumes';

interface Subject {
  volume: string;
  snapshot?: string;
}

/** Opens what the engine says of a volume, or the store of a snapshot, as JSON in a read-only editor. */
export async function inspect(argument: unknown, targets: Targets, documents: InspectDocuments): Promise<void> {
  const given = await nodeOf(argument, targets);
  const node = given?.kind === 'snapshot' ? given : await volumeFor(given, targets);
  await documents.open(
    node.kind === 'snapshot'
      ? { volume: node.entry.volume.name, snapshot: node.entry.id }
      : { volume: node.volume.name },
  );
}

/** The documents behind those editors; VS Code keeps one, as it was, for as long as its editor is open. */
export class InspectDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  /** Texts that were read and that VS Code has not asked for yet, by URI. */
  private readonly read = new Map<string, string>();

  constructor(private readonly connection: EngineConnection) {}

  /** Reads before anything is opened, so that a failure is said in our words and leaves no empty editor. */
  async open(subject: Subject): Promise<void> {
    const name = subject.snapshot ? `${subject.volume}@${subject.snapshot}` : subject.volume;
    const uri = vscode.Uri.from({ scheme, path: `/${name}.json`, query: JSON.stringify(subject) });
    this.read.set(uri.toString(), await this.textOf(subject));
    this.changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const read = this.read.get(uri.toString());
    this.read.delete(uri.toString());
    return read ?? (await this.textOf(JSON.parse(uri.query) as Subject));
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }

  private async textOf({ volume, snapshot }: Subject): Promise<string> {
    const engine = await this.connection.engine();
    const { signal } = new AbortController();
    if (snapshot === undefined) return JSON.stringify(await engine.inspectVolumeRaw(volume, signal), null, 2);
    const { snapshots } = await engine.readCatalog(signal);
    const found = snapshots.find((entry) => entry.id === snapshot && entry.volume.name === volume);
    if (!found) throw new Failure('snapshotNotFound', { volume, snapshot });
    return JSON.stringify(found, null, 2);
  }
}
