import { byAge, type SnapshotEntry } from './snapshotEntry';

/** How long safety snapshots are kept. What people take themselves is never removed by itself. */
export interface RetentionPolicy {
  /** The floor: a younger one is kept, however many there are. */
  keepDays: number;
  /** Of a volume's older ones, those go that have so many newer safety snapshots. */
  keepCount: number;
  /** Of a volume's older ones, those go that are older than this. */
  maxDays: number;
}

const dayMs = 86_400_000;

/**
 * The safety snapshots of one volume that are no longer to be kept, oldest first; `entries` are all its snapshots. Never
 * one that a person gave a note, and never the newest one: it is what an Undo offers, which the next restore takes back.
 */
export function prunable(entries: readonly SnapshotEntry[], policy: RetentionPolicy, now: Date): SnapshotEntry[] {
  const { keepDays, keepCount, maxDays } = policy;
  const ages = agesOf(entries, now);
  const safety = entries.filter(({ kind }) => kind === 'safety').sort(byAge);
  const old = safety.filter((entry, newer) => {
    const days = ages.get(entry)! / dayMs;
    return newer > 0 && days >= keepDays && (newer >= keepCount || days > maxDays);
  });
  return old.filter(({ note }) => note === '').reverse();
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
