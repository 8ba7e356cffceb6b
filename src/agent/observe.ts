import type { Entry } from '../core/entry';
import { isProvedUnchanged } from '../core/unchanged';
import { readDetails } from './attributes';
import { hasCode } from './libc';
import type { Losses } from './losses';
import type { Pace } from './pace';
import { fromStat, looked, scan, type Seen } from './scan';
import type { Tree } from './tree';
import type { Walk } from './walker/walker';

/** Records of an earlier scan; `stamp` was made before it (see `core/unchanged.ts`). */
export interface Known {
  entries: ReadonlyMap<string, Entry>;
  stamp: bigint;
  /** Whose records these are. */
  snapshot?: string;
}

export interface Observing {
  /** Begun for it before. */
  walk?: Walk | undefined;
  /** Is given the files whose content is not known, a few at a time, and waited for. */
  toCopy?: (files: readonly Seen[]) => Promise<void>;
}

export const nothingKnown: Known = { entries: new Map(), stamp: 0n };

/** Known in full, or seen just now; then a file has no object. */
export type Observed = Entry & Partial<Seen>;

/**
 * The tree as it is. For entries that are proved unchanged the known ones are returned, with link target, xattrs and
 * object; of all others the first two are read, and files have no object.
 */
export function observe(
  tree: Tree,
  known: Known,
  pace: Pace,
  losses: Losses,
  { walk, toCopy }: Observing = {},
): Promise<Observed[]> {
  let unknown: Seen[] = [];
  const keep = (path: string) => {
    const recalled = recall(path, known);
    if (recalled) {
      losses.addOf(recalled);
      return recalled;
    }
    const seen = withDetails(tree, fromStat(path), losses);
    if (!seen) return undefined;
    losses.addOf(seen);
    if (seen.type === 'file') unknown.push(seen);
    return seen;
  };
  const between = async () => {
    const files = unknown;
    unknown = [];
    await toCopy?.(files);
  };
  return scan<Observed>(tree, pace, losses, { keep, between, walk });
}

function recall(path: string, { entries, stamp }: Known): Entry | undefined {
  const then = entries.get(path);
  return then && isProvedUnchanged(looked, then, stamp) ? then : undefined;
}

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
