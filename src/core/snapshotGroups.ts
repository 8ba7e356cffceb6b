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
  const incomplete = incompleteGroups(entries);
  return [...groups]
    .flatMap(([id, group]) => (incomplete.has(id) ? [] : [group]))
    .map((group) => group.sort((a, b) => (a.volume.name < b.volume.name ? -1 : 1)))
    .sort((a, b) => b[0]!.sequence - a[0]!.sequence || (a[0]!.time < b[0]!.time ? 1 : -1));
}

/**
 * By the ids of groups, the volumes whose snapshots are not there: deleted, or never committed, because the host died
 * between the commits. Those that are there stay whole snapshots, each of its own volume.
 */
export function incompleteGroups(entries: readonly SnapshotEntry[]): ReadonlyMap<string, readonly string[]> {
  const present = new Map<string, Set<string>>();
  const wanted = new Map<string, readonly string[]>();
  for (const { volume, group } of entries) {
    if (!group) continue;
    wanted.set(group.id, group.volumes);
    present.set(group.id, (present.get(group.id) ?? new Set()).add(volume.name));
  }
  const missing = [...wanted].map(
    ([id, volumes]) => [id, volumes.filter((name) => !present.get(id)!.has(name))] as const,
  );
  return new Map(missing.filter(([, names]) => names.length > 0));
}
