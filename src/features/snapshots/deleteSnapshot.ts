import * as vscode from 'vscode';
import { deleteSnapshot as deleteIt } from '../../core/operations';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import type { TimingRecord } from '../../core/timings/record';
import { confirm } from '../../ui/confirm';
import type { Operations } from '../../ui/operation';
import { format } from '../../ui/words';
import type { Node, SnapshotNode } from '../volumes/model';
import { nodeOf, snapshotFor, type Targets } from '../volumes/targets';

/** Deletes a snapshot; all selected ones when there are several. */
export async function deleteSnapshot(
  argument: unknown,
  selected: unknown,
  targets: Targets,
  operations: Operations,
): Promise<void> {
  // Before the focus is made the selection.
  const selection = argument === 'focused' ? targets.selection() : selected;
  const node = await nodeOf(argument, targets);
  // The Delete key on anything but a snapshot means nothing.
  if (argument === 'focused' && node?.kind !== 'snapshot') return;
  const several = node ? snapshotsOf(selection, node) : [];
  if (several.length > 1) return deleteSeveral(several, operations);
  await deleteOne(await snapshotFor(node, targets), operations);
}

/** The selected snapshots, when the command was started on one of them. */
function snapshotsOf(selection: unknown, node: Node): SnapshotNode[] {
  const nodes = Array.isArray(selection) ? (selection as Node[]) : [];
  if (!nodes.some(({ id }) => id === node.id)) return [];
  return nodes.filter((each): each is SnapshotNode => each.kind === 'snapshot');
}

async function deleteOne(node: SnapshotNode, operations: Operations): Promise<void> {
  const { entry } = node;
  const taken = format.time(new Date(entry.time));
  const question = vscode.l10n.t('Delete the snapshot of “{0}” of {1}?', entry.volume.name, taken);
  await confirmDeletion(question, aboutWords(node));
  await run(entry, operations);
}

/** Ends with the first one that fails or is cancelled. */
async function deleteSeveral(nodes: readonly SnapshotNode[], operations: Operations): Promise<void> {
  const snapshots = nodes.map(({ entry }) => entry);
  const volumes = [...new Set(snapshots.map(({ volume }) => volume.name))];
  await confirmDeletion(vscode.l10n.t('Delete {0} snapshots?', format.count(snapshots.length)), [
    vscode.l10n.t('Of: {0}', format.list(volumes)),
    ...new Set(nodes.flatMap(aboutWords)),
  ]);
  let deleted = 0;
  for (const snapshot of snapshots) {
    if (!(await run(snapshot, operations, { quiet: true }))) break;
    deleted++;
  }
  if (deleted > 0) operations.tell({ text: vscode.l10n.t('Snapshots deleted: {0}.', format.count(deleted)) });
}

function confirmDeletion(question: string, about: readonly string[]): Promise<void> {
  const warning = vscode.l10n.t('This cannot be undone. Other snapshots and the volume itself are not touched.');
  return confirm(question, [...about, warning], vscode.l10n.t('Delete'));
}

/** What tells a snapshot from others. */
function aboutWords({ entry: { note }, undoes }: SnapshotNode): string[] {
  return [
    ...(note ? [vscode.l10n.t('Note: {0}', note)] : []),
    ...(undoes ? [vscode.l10n.t('Undo Restore needs it: the last restore could not be undone any more.')] : []),
  ];
}

/** Whether it was done; what else happened has then been said. */
async function run(snapshot: SnapshotEntry, operations: Operations, { quiet = false } = {}): Promise<boolean> {
  const volume = snapshot.volume.name;
  const done = await operations.run({
    kind: 'deleteSnapshot',
    volume,
    title: vscode.l10n.t('Delete of a snapshot of {0}', volume),
    async work(host, run) {
      await deleteIt(host, { snapshot }, run);
      return true;
    },
    ...(!quiet && {
      completion: (_: boolean, { bytesMoved }: TimingRecord) => ({
        text: vscode.l10n.t('Snapshot of {0} deleted, {1} freed.', volume, format.bytes(bytesMoved)),
      }),
    }),
  });
  return done === true;
}
