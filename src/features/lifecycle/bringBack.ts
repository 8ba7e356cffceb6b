import * as vscode from 'vscode';
import { bringBack as bringBackOne } from '../../core/operations';
import { isTrash } from '../../core/retention';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import type { Operations } from '../../ui/operation';
import { forQuickPick } from '../../ui/plainText';
import { format } from '../../ui/words';
import type { Node, RemovedVolumeNode } from '../volumes/model';
import { nodeOf, pick, pickSnapshot, type Targets } from '../volumes/targets';
import { removedAmong, rowsOf } from './selected';

/** Makes volumes that are gone again, under their old names: what each was when it was removed, or at the chosen snapshot. */
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
  const snapshots: SnapshotEntry[] = [];
  for (const each of removed) snapshots.push(await latestOf(each));
  await bringBackAll(operations, snapshots);
}

/** What it was when it was removed. Of one that was removed without us, the newest snapshot may be what a restore replaced: people choose. */
async function latestOf({ snapshots }: RemovedVolumeNode): Promise<SnapshotEntry> {
  const trashed = snapshots.find(({ entry }) => isTrash(entry.purpose));
  return (trashed ?? (snapshots.length === 1 ? snapshots[0]! : await pickSnapshot(snapshots))).entry;
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
          : vscode.l10n.t(
              '{0} is back. It holds data already, which was left as it is; its snapshots can be restored.',
              name,
            ),
      }),
    });
    if (!done) return;
  }
}

function asOf({ time }: SnapshotEntry): string {
  return format.time(new Date(time));
}
