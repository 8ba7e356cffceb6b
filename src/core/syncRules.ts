import type { Changes } from './changes';

/** What a sync would do to its target that looks like an accident. */
export type SyncHalt =
  | { rule: 'sourceEmpty'; targetEntries: number }
  /** Entries, without the root folder, and bytes. */
  | { rule: 'mostWouldGo'; removed: number; of: number; removedBytes: number; ofBytes: number };

export interface SyncSides {
  source: { entries: number };
  target: { entries: number; totalBytes: number };
  changes: Pick<Changes, 'removed'>;
}

/** Below these, a loss is small enough to be brought back by an undo without a question. */
const fewEntries = 10;
const fewBytes = 1024 * 1024;

/**
 * Why a sync must not be carried out before somebody has said so: the source has nothing in it, or more than half of the
 * target would go, counted in entries or in bytes. A folder that was not mounted, or a database that was set up anew,
 * looks like this. Entries count without the root folder.
 */
export function whyHalted({ source, target, changes: { removed } }: SyncSides): SyncHalt | undefined {
  const targetEntries = target.entries - 1;
  if (targetEntries <= 0) return undefined;
  if (source.entries <= 1) return { rule: 'sourceEmpty', targetEntries };
  const manyGo = removed.entries > Math.max(fewEntries, targetEntries / 2);
  const muchGoes = removed.bytes > Math.max(fewBytes, target.totalBytes / 2);
  if (!manyGo && !muchGoes) return undefined;
  const { entries, bytes } = removed;
  return { rule: 'mostWouldGo', removed: entries, of: targetEntries, removedBytes: bytes, ofBytes: target.totalBytes };
}
