import type { Entry } from '../core/entry';
import { isProvedUnchanged } from '../core/unchanged';
import { readDetails } from './attributes';
import { hasCode } from './libc';
import type { Losses } from './losses';
import type { Pace } from './pace';
import { scan, type Seen } from './scan';
import type { Tree } from './tree';

/** Records of an earlier scan; `stamp` was made before it (see `core/unchanged.ts`). */
export interface Known {
  entries: ReadonlyMap<string, Entry>;
  stamp: bigint;
}

export const nothingKnown: Known = { entries: new Map(), stamp: 0n };

/**
 * The tree as it is. Entries that are proved unchanged take link target, xattrs and object from what is known; of all
 * others the first two are read, and files have no object.
 */
export async function observe(tree: Tree, known: Known, pace: Pace, losses: Losses): Promise<Seen[]> {
  const seen = await scan(tree, pace, losses);
  const present: Seen[] = [];
  for (const entry of seen) {
    if (recall(entry, known) || tryDetails(tree, entry, losses)) present.push(entry);
    if (pace.due()) await pace.turn();
  }
  return present;
}

function recall(entry: Seen, { entries, stamp }: Known): boolean {
  const then = entries.get(entry.path);
  if (!then || !isProvedUnchanged(entry, then, stamp)) return false;
  if (then.target !== undefined) entry.target = then.target;
  if (then.xattrs !== undefined) entry.xattrs = then.xattrs;
  if (then.object !== undefined) entry.object = then.object;
  return true;
}

function tryDetails(tree: Tree, entry: Seen, losses: Losses): boolean {
  try {
    readDetails(tree, entry, losses);
    return true;
  } catch (error) {
    if (!isVanished(error)) throw error;
    losses.add('vanished', entry.path);
    return false;
  }
}

/** What a live volume's entry may answer when it was removed or replaced since it was seen. */
export function isVanished(error: unknown): boolean {
  return hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EINVAL', 'ENXIO');
}
