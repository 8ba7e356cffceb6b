import { constants } from 'node:fs';
import type { Entry, EntryType } from '../core/entry';
import { stat } from './libc';
import type { Looked } from '../core/unchanged';
import type { Losses } from './losses';
import type { Pace } from './pace';
import type { Tree } from './tree';
import { eachOf, Met } from './walker/batch';
import type { Walk } from './walker/walker';

/** An entry as the scan sees it: xattrs and link targets are not read yet. */
export interface Seen extends Entry {
  allocatedBytes: number;
}

export interface Scanning<T extends Entry> {
  /** What becomes of an entry in the result; undefined leaves it out. */
  keep: (met: Met) => T | undefined;
  between?: Visiting['between'];
  /** Begun for it before. */
  walk?: Walk | undefined;
}

export interface Visiting {
  visit: (met: Met) => boolean | void;
  elsewhere?: (met: Met) => void;
  /** Runs again and again, between two entries. */
  between?: (() => Promise<void>) | undefined;
}

/**
 * Calls `visit` for each entry that a walk meets, but `elsewhere` for one on another file system. Ends early, and then says false, when `visit` says false.
 */
export async function eachMet(walk: Walk, pace: Pace, { visit, elsewhere, between }: Visiting): Promise<boolean> {
  using walking = walk;
  const met = new Met();
  let device: number | undefined;
  let goesOn = true;
  for await (const batch of walking.batches(pace)) {
    let count = 0;
    eachOf(batch, met, () => {
      count++;
      device ??= met.device;
      if (met.device !== device) elsewhere?.(met);
      else goesOn = visit(met) !== false;
      return goesOn;
    });
    if (!goesOn) return false;
    pace.count(count, 0);
    await between?.();
    if (pace.dueNow()) await pace.turn();
  }
  return true;
}

/**
 * Looks once at every entry below the root: parents before children, names of a folder in byte order, the root first.
 * Entries on other file systems are left out and named in `losses`; folders that vanish meanwhile are empty.
 */
export async function scan<T extends Entry>(
  tree: Tree,
  pace: Pace,
  losses: Losses,
  { keep, between, walk = tree.walk() }: Scanning<T>,
): Promise<T[]> {
  const kept: T[] = [];
  await eachMet(walk, pace, {
    visit: (met) => {
      const entry = keep(met);
      if (entry) kept.push(entry);
    },
    elsewhere: ({ path }) => losses.add('other-file-system', path),
    between,
  });
  return kept;
}

const typeOfMode = new Map<number, EntryType>([
  [constants.S_IFREG, 'file'],
  [constants.S_IFDIR, 'directory'],
  [constants.S_IFLNK, 'symlink'],
  [constants.S_IFIFO, 'fifo'],
  [constants.S_IFCHR, 'char'],
  [constants.S_IFBLK, 'block'],
  [constants.S_IFSOCK, 'socket'],
]);

export function typeOfStat(): EntryType {
  return typeOfMode.get(stat.mode() & constants.S_IFMT) ?? 'socket';
}

/** What `stat` holds, as far as a comparison asks for it: it needs no record of its own. */
export const looked: Looked = {
  get type() {
    return typeOfStat();
  },
  get ino() {
    return stat.ino();
  },
  get size() {
    return this.type === 'file' ? stat.size() : 0;
  },
  get mtime() {
    return stat.mtime();
  },
  get ctime() {
    return stat.ctime();
  },
};

/** The entry that is met; from now on `stat` holds it. */
export function fromMet(met: Met): Seen {
  met.load();
  return fromStat(met.path);
}

/** The entry that `stat` holds. */
export function fromStat(path: string): Seen {
  const type = typeOfStat();
  const entry: Seen = {
    path,
    type,
    mode: stat.mode() & 0o7777,
    uid: stat.uid(),
    gid: stat.gid(),
    size: type === 'file' ? stat.size() : 0,
    mtime: stat.mtime(),
    ctime: stat.ctime(),
    ino: stat.ino(),
    nlink: stat.nlink(),
    allocatedBytes: stat.allocatedBytes(),
  };
  if (type === 'char' || type === 'block') entry.rdev = stat.rdev();
  return entry;
}
