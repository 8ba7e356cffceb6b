import type { SnapshotEntry } from './snapshotEntry';

/**
 * The snapshots of a Compose project that were taken together and are all still there; newest group first, each in the
 * order of its volumes' names.
 */
export function completeGroups(entries: readonly SnapshotEntry[], project: string): SnapshotEntry[][] {
  const groups = new Map<string, SnapshotEntry[]>();
  for (const entry of entries) {
    if (entry.group?.project !== project) continue;
    groups.set(entry.group.id, [...(groups.get(entry.group.id) ?? []), entry]);
  }
  return [...groups.values()]
    .filter((group) => group[0]!.group!.volumes.every((name) => group.some(({ volume }) => volume.name === name)))
    .map((group) => group.sort((a, b) => (a.volume.name < b.volume.name ? -1 : 1)))
    .sort((a, b) => b[0]!.sequence - a[0]!.sequence || (a[0]!.time < b[0]!.time ? 1 : -1));
}
