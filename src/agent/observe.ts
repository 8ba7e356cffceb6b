import type { Entry } from '../core/entry';
import { isProvedUnchanged } from '../core/unchanged';
import { readDetails } from './attributes';
import { hasCode, stat } from './libc';
import type { Losses } from './losses';
import type { Pace } from './pace';
import { fromStat, scan, typeOfStat, type Seen } from './scan';
import type { Tree } from './tree';

/** Records of an earlier scan; `stamp` was made before it (see `core/unchanged.ts`). */
export interface Known {
  entries: ReadonlyMap<string, Entry>;
  stamp: bigint;
  /** Whose records these are. */
  snapshot?: string;
}

export const nothingKnown: Known = { entries: new Map(), stamp: 0n };

/** Known in full, or seen just now; then a file has no object. */
export type Observed = Entry & Partial<Seen>;

/**
 * The tree as it is. For entries that are proved unchanged the known ones are returned, with link target, xattrs and
 * object; of all others the first two are read, and files have no object.
 */
export function observe(tree: Tree, known: Known, pace: Pace, losses: Losses): Promise<Observed[]> {
  return scan<Observed>(tree, pace, losses, (path) => {
    const observed = recall(path, known) ?? withDetails(tree, fromStat(path), losses);
    if (observed) losses.addOf(observed);
    return observed;
  });
}

/** Files whose content has to be copied. */
export function unknownFiles(observed: readonly Observed[]): Seen[] {
  return observed.filter((entry): entry is Seen => entry.type === 'file' && entry.object === undefined);
}

function recall(path: string, { entries, stamp }: Known): Entry | undefined {
  const then = entries.get(path);
  return then && isProvedUnchanged(now, then, stamp) ? then : undefined;
}

/** What `stat` holds, as far as the proof asks for it: an entry that is recalled needs no record of its own. */
const now = {
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

function withDetails(tree: Tree, entry: Seen, losses: Losses): Seen | undefined {
  try {
    readDetails(tree, entry);
    return entry;
  } catch (error) {
    if (!isVanished(error)) throw error;
    losses.add('vanished', entry.path);
    return undefined;
  }
}

/** What a live volume's entry may answer when it was removed or replaced since it was seen. */
export function isVanished(error: unknown): boolean {
  return hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EINVAL', 'ENXIO');
}
