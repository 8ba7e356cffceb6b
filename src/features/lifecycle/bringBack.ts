import * as vscode from 'vscode';
import { bringBack as bringBackOne } from '../../core/operations';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import type { Operations } from '../../ui/operation';
import { forQuickPick } from '../../ui/plainText';
import { format } from '../../ui/words';
import type { Node, RemovedVolumeNode } from '../volumes/model';
import { nodeOf, pick, type Targets } from '../volumes/targets';
import { removedAmong, rowsOf } from './selected';

/** Makes volumes that are gone again, under their old names: what each was at its newest snapshot, or at the chosen one. */
export async function bringBack(
  argument: unknown,
  selected: unknown,
  targets: Targets,
  operations: Operations,
): Promise<void> {
  const node = await nodeOf(argument, targets);
  if (node?.kind === 'snapshot') return bringBackAll(operations, [node.entry]);
  const among = node ? removedAmong(rowsOf(node, selected)) : [];
  const removed = among.length > 0 ? among : [await pickRemoved(await targets.nodes())];
  await bringBackAll(
    operations,
    removed.flatMap(({ snapshots }) => snapshots[0]?.entry ?? []),
  );
}

function pickRemoved(nodes: readonly Node[]): Promise<RemovedVolumeNode> {
  return pick(
    removedAmong(nodes),
    ({ name, snapshots }) => ({
      label: forQuickPick(name),
      description: format.age(new Date(snapshots[0]?.entry.time ?? 0), new Date()),
    }),
    vscode.l10n.t('Choose a removed volume'),
    vscode.l10n.t('No volume is gone of which there are snapshots.'),
  );
}

/** Ends with the first one that fails or is cancelled. */
export async function bringBackAll(operations: Operations, snapshots: readonly SnapshotEntry[]): Promise<void> {
  for (const snapshot of snapshots) {
    const { name } = snapshot.volume;
    const done = await operations.run({
      kind: 'bringBack',
      volume: name,
      title: vscode.l10n.t('Bringing back {0}', name),
      ahead: { files: snapshot.files, bytes: snapshot.totalBytes },
      work: async (host, run) => ({ isRestored: await bringBackOne(host, { snapshot }, run) }),
      completion: ({ isRestored }, { totalMs }) => ({
        text: isRestored
          ? vscode.l10n.t('{0} is back, as of {1}, in {2}.', name, asOf(snapshot), format.duration(totalMs))
          : vscode.l10n.t('{0} is back. Its files were never gone, and are as they are now.', name),
      }),
    });
    if (!done) return;
  }
}

function asOf({ time }: SnapshotEntry): string {
  return format.time(new Date(time));
}
