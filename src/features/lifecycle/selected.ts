import type { Node, RemovedVolumeNode, VolumeNode } from '../volumes/model';
import { nodeOf, volumeFor, type Targets } from '../volumes/targets';

/** The selected rows when a command was started on one of them, else the one that it was started on. */
export function rowsOf(node: Node, selected: unknown): Node[] {
  const selection = Array.isArray(selected) ? (selected as Node[]) : [];
  return selection.some(({ id }) => id === node.id) ? selection : [node];
}

/** The volumes that a command is for: all selected ones, or the one that is asked for. */
export async function volumesFor(argument: unknown, selected: unknown, targets: Targets): Promise<VolumeNode[]> {
  const node = await nodeOf(argument, targets);
  const volumes = node ? rowsOf(node, selected).filter((row): row is VolumeNode => row.kind === 'volume') : [];
  return volumes.length > 0 ? volumes : [await volumeFor(node, targets)];
}

export function removedAmong(rows: readonly Node[]): RemovedVolumeNode[] {
  return rows.filter((row): row is RemovedVolumeNode => row.kind === 'removedVolume');
}
