import { byAge, type SnapshotEntry, type SnapshotPurpose } from './snapshotEntry';

/** How long safety snapshots are kept. What people take themselves is never removed by itself. */
export interface RetentionPolicy {
  /** The floor: a younger one is kept, however many there are. */
  keepDays: number;
  /** Of a volume's older ones, those go that have so many newer safety snapshots. */
  keepCount: number;
  /** Of a volume's older ones, those go that are older than this. */
  maxDays: number;
  /** The floor of those of volumes that were removed or emptied. */
  trashDays: number;
}

const dayMs = 86_400_000;
const hourDays = 1 / 24;

/**
 * The safety snapshots of one volume that are no longer to be kept, oldest first; `entries` are all its snapshots. Never
 * one that a person gave a note, and of those taken before something was written over, never the newest one: it is what an
 * Undo offers, which the next restore takes back.
 */
export function prunable(entries: readonly SnapshotEntry[], policy: RetentionPolicy, now: Date): SnapshotEntry[] {
  const ages = agesOf(entries, now);
  const days = (entry: SnapshotEntry) => ages.get(entry)! / dayMs;
  const sorts: Record<Sort, SnapshotEntry[]> = { undo: [], trash: [], source: [], copy: [] };
  for (const entry of entries.toSorted(byAge)) if (entry.kind === 'safety') sorts[sortOf(entry)].push(entry);
  const { keepDays, keepCount, maxDays, trashDays } = policy;
  const old = [
    ...sorts.undo.filter((entry, newer) => {
      const floor = entry.purpose === 'empty' ? Math.max(keepDays, trashDays) : keepDays;
      return newer > 0 && days(entry) >= floor && (newer >= keepCount || days(entry) > maxDays);
    }),
    ...sorts.trash.filter((entry) => days(entry) >= trashDays),
    // Whoever has just been shown what a sync would do has some time to say yes.
    ...sorts.source.filter((entry, newer) => days(entry) >= (newer > 0 ? hourDays : keepDays)),
    // The newest one says what the volume is a copy of.
    ...sorts.copy.filter((entry, newer) => days(entry) >= (newer > 0 ? hourDays : maxDays)),
  ];
  return old.filter(({ note }) => note === '').sort((a, b) => byAge(b, a));
}

/** What safety snapshots are for: to undo, to bring a volume back, to be copied from, or as the copy that was made. */
type Sort = 'undo' | 'trash' | 'source' | 'copy';

function sortOf({ purpose, copyOf }: SnapshotEntry): Sort {
  if (purpose === 'source') return copyOf ? 'copy' : 'source';
  return isTrash(purpose) ? 'trash' : 'undo';
}

/** Whether a volume was removed after it. */
export function isTrash(purpose: SnapshotPurpose | undefined): boolean {
  return purpose === 'remove' || purpose === 'prune';
}

/** The volumes of a store's snapshots that have such ones. */
export function volumesToPrune(entries: readonly SnapshotEntry[], policy: RetentionPolicy, now: Date): string[] {
  const names = new Set(entries.map(({ volume }) => volume.name));
  const entriesOf = (name: string) => entries.filter(({ volume }) => volume.name === name);
  return [...names].filter((name) => prunable(entriesOf(name), policy, now).length > 0);
}

/**
 * Milliseconds. Clocks step back: a snapshot is never older than one that was taken before it, and one from the future, or
 * of a time that cannot be read, is new. Errors fall on keeping.
 */
function agesOf(entries: readonly SnapshotEntry[], now: Date): Map<SnapshotEntry, number> {
  const ages = new Map<SnapshotEntry, number>();
  let youngest = Infinity;
  for (const entry of entries.toSorted(byAge).reverse()) {
    const age = now.getTime() - Date.parse(entry.time);
    if (age >= 0) youngest = Math.min(youngest, age);
    ages.set(entry, age >= 0 ? youngest : 0);
  }
  return ages;
}
