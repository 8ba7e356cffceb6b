import type { Entry } from '../core/entry';
import { parentOf } from '../core/plan';
import { readDetails } from './attributes';
import { hasCode } from './libc';
import type { Losses } from './losses';
import type { Pace } from './pace';
import { Recall } from './recall';
import { fromMet, scan, type Seen } from './scan';
import type { Tree } from './tree';
import type { Met } from './walker/batch';
import type { Walk } from './walker/walker';

/** Records of an earlier scan; `stamp` was made before it (see `core/unchanged.ts`). */
export interface Known {
  /** In the order of walks. A file without an object is as good as unknown. */
  entries: readonly Entry[];
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

export const nothingKnown: Known = { entries: [], stamp: 0n };

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
  const gone = new Set<string>();
  const recall = new Recall(known);
  const keep = (met: Met) => {
    // Of a folder that was missing for a moment, what is in it may be met again.
    if (gone.size > 0 && gone.has(parentOf(met.path))) return leaveOut(met.path);
    const recalled = recall.find(met);
    if (recalled) {
      losses.addOf(recalled);
      return recalled;
    }
    const seen = withDetails(tree, fromMet(met));
    if (!seen) return leaveOut(met.path);
    losses.addOf(seen);
    if (seen.type === 'file') unknown.push(seen);
    return seen;
  };
  const leaveOut = (path: string) => {
    gone.add(path);
    losses.add('vanished', path);
    return undefined;
  };
  const between = async () => {
    const files = unknown;
    unknown = [];
    await toCopy?.(files);
  };
  return scan<Observed>(tree, pace, losses, { keep, between, walk });
}

/** Undefined when it is not there any more, or something else is. */
function withDetails(tree: Tree, entry: Seen): Seen | undefined {
  try {
    readDetails(tree, entry);
    return entry;
  } catch (error) {
    if (isVanished(error)) return undefined;
    throw error;
  }
}

/** What a live volume's entry may answer when it was removed or replaced since it was seen. */
export function isVanished(error: unknown): boolean {
  return hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EINVAL', 'ENXIO');
}
