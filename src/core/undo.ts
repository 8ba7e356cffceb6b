import { byAge, type SnapshotEntry } from './snapshotEntry';

/** Kept in the catalog of the store: the safety snapshot of the last restore of a volume that ended well. */
export interface WayBack {
  volume: string;
  /** Its id. */
  safety: string;
}

/**
 * The restores that can be undone: of each, the safety snapshots to restore, in the order of their volumes' names. A
 * restore can be undone until there is a newer snapshot of one of its volumes, and that is what every next operation on a
 * volume leaves, another restore too. One of several volumes is undone for all of them, or not at all.
 */
export function undoableRestores(
  { snapshots, waysBack }: { snapshots: readonly SnapshotEntry[]; waysBack: readonly WayBack[] },
  volumes: readonly { name: string; made?: string }[],
): SnapshotEntry[][] {
  const backOf = new Map<string, SnapshotEntry>();
  for (const { volume, safety } of waysBack) {
    const [newest] = snapshots.filter((entry) => entry.volume.name === volume).sort(byAge);
    const present = volumes.find(({ name }) => name === volume);
    if (newest?.id === safety && present && !isYounger(present, newest)) backOf.set(volume, newest);
  }
  const restores = [...backOf.values()].map((back) => {
    const names = back.group?.volumes ?? [back.volume.name];
    // Told by its first volume only.
    if (names.toSorted()[0] !== back.volume.name) return [];
    const all = names.toSorted().flatMap((name) => backOf.get(name) ?? []);
    return all.length === names.length && all.every(({ group }) => group?.id === back.group?.id) ? all : [];
  });
  return restores
    .filter((restore) => restore.length > 0)
    .sort(([a], [b]) => (a!.volume.name < b!.volume.name ? -1 : 1));
}

/** Then it is another volume of that name. Both times are the engine's. */
function isYounger({ made }: { made?: string }, { time }: SnapshotEntry): boolean {
  return made !== undefined && Date.parse(made) > Date.parse(time);
}
