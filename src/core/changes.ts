import type { Entry, EntryType } from './entry';
import { isSameMetadata, type Plan } from './plan';
import { plainEntry } from './recorded';
import type { SnapshotEntry } from './snapshotEntry';

/** What a plan does to a tree, in the words of people. */
export interface Changes {
  added: ChangeList;
  /** Other content, another type, or only another owner, mode or time; then without bytes. */
  changed: ChangeList;
  removed: ChangeList;
}

export interface ChangeList {
  entries: number;
  /** Of the files that are written, or that are removed; the names of one inode once. */
  bytes: number;
  /** At most `shownChanges` of them, in scan order. */
  first: Change[];
}

export interface Change {
  /** As bytes (latin1). */
  path: string;
  type: EntryType;
  bytes: number;
}

/** So that a list can be shown, and its frame stays small. */
export const shownChanges = 2_000;

/** `current`: the tree that the plan was made for. */
export function changesOf(plan: Plan, current: readonly Entry[]): Changes {
  const now = new Map(current.map((entry) => [entry.path, entry]));
  const lists = { added: new List(), changed: new List(), removed: new List() };
  const made = new Map<string, { entry: Entry; bytes: number }>();
  for (const entry of [...plan.folders, ...plan.specials]) made.set(entry.path, { entry, bytes: 0 });
  for (const entry of plan.files) made.set(entry.path, { entry, bytes: entry.size });
  for (const { entry } of plan.links) made.set(entry.path, { entry, bytes: 0 });
  for (const entry of [...plan.metadata, ...plan.folderMetadata]) {
    const there = now.get(entry.path);
    if (there && !made.has(entry.path) && isChanged(there, entry)) made.set(entry.path, { entry, bytes: 0 });
  }
  for (const { entry, bytes } of made.values()) lists[now.has(entry.path) ? 'changed' : 'added'].add(entry, bytes);
  for (const entry of plan.remove) {
    if (!made.has(entry.path)) lists.removed.add(entry, entry.nlink > 1 ? 0 : entry.size);
  }
  return { added: lists.added.result(), changed: lists.changed.result(), removed: lists.removed.result() };
}

/** How much several restores change together; which entries, each of them says. */
export function allChanges(all: readonly Changes[]): Changes {
  const sum = (list: keyof Changes): ChangeList => ({
    entries: all.reduce((total, changes) => total + changes[list].entries, 0),
    bytes: all.reduce((total, changes) => total + changes[list].bytes, 0),
    first: [],
  });
  return { added: sum('added'), changed: sum('changed'), removed: sum('removed') };
}

/** What a restore to a volume that is gone makes; which entries these are is not read. */
export function allAdded({ entries, totalBytes }: Pick<SnapshotEntry, 'entries' | 'totalBytes'>): Changes {
  const none: ChangeList = { entries: 0, bytes: 0, first: [] };
  // The root folder is there as soon as the volume is.
  return { added: { entries: entries - 1, bytes: totalBytes, first: [] }, changed: none, removed: none };
}

/** A folder's time tells only that something in it was made or removed. */
function isChanged(now: Entry, wanted: Entry): boolean {
  return !isSameMetadata(wanted.type === 'directory' ? { ...plainEntry(now), mtime: wanted.mtime } : now, wanted);
}

class List {
  private readonly changes: Change[] = [];
  private bytes = 0;

  add({ path, type }: Entry, bytes: number): void {
    this.changes.push({ path, type, bytes });
    this.bytes += bytes;
  }

  result(): ChangeList {
    const sorted = this.changes.sort((a, b) => (a.path < b.path ? -1 : 1));
    return { entries: sorted.length, bytes: this.bytes, first: sorted.slice(0, shownChanges) };
  }
}
