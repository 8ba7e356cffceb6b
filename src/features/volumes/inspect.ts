import * as vscode from 'vscode';
import { nodeOf, volumeFor, type Targets } from './targets';
import type { EngineConnection } from '../connection/engineConnection';

const scheme = 'docker-volumes';

/** Opens what the engine says of a volume, or the store of a snapshot, as JSON in a read-only editor. */
export async function inspect(argument: unknown, targets: Targets): Promise<void> {
  const given = await nodeOf(argument, targets);
  const node = given?.kind === 'snapshot' ? given : await volumeFor(given, targets);
  const subject: Subject =
    node.kind === 'snapshot'
      ? { volume: node.entry.volume.name, snapshot: node.entry.id }
      : { volume: node.volume.name };
  const name = subject.snapshot ? `${subject.volume}@${subject.snapshot}` : subject.volume;
  const uri = vscode.Uri.from({ scheme, path: `/${name}.json`, query: JSON.stringify(subject) });
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { preview: true });
}

interface Subject {
  volume: string;
  snapshot?: string;
}

export function registerInspectDocuments(connection: EngineConnection): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(scheme, {
    async provideTextDocumentContent({ query }) {
      const { volume, snapshot } = JSON.parse(query) as Subject;
      const engine = await connection.engine();
      const { signal } = new AbortController();
      const found = snapshot
        ? (await engine.readCatalog(signal)).snapshots.find(
            ({ id, volume: { name } }) => id === snapshot && name === volume,
          )
        : await engine.inspectVolumeRaw(volume, signal);
      return JSON.stringify(found, null, 2);
    },
  });
}
