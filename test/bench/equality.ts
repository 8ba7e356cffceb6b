import assert from 'node:assert/strict';
import type { Volume } from '../../src/core/engine';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import type { Bed } from './bed';
import { writerLog } from './generate/tree';

type Line = Record<string, unknown> & { path: string; type: string; mtime: string };

/** The tree of a volume by the second implementation (test/fixtures/tree-manifest.py). */
export const treeOf = async ({ operations }: Bed, volume: Volume) => (await operations.treeOf(volume)) as Line[];

export const treeOfSnapshot = async ({ operations }: Bed, snapshot: SnapshotEntry) =>
  (await operations.treeOfSnapshot(snapshot)) as Line[];

/** To the last byte, owner and nanosecond: what ours are held to. */
export function assertSame(actual: Line[], expected: Line[], what: string): void {
  const difference = firstDifference(actual, expected);
  if (difference) assert.fail(`${what}: ${difference}`);
}

/** Without what the peers do not keep: parts of seconds, and the metadata of the volume's root folder. */
export function assertSameAsPeersKeep(actual: Line[], expected: Line[], what: string): void {
  const kept = (tree: Line[]) =>
    tree.filter(({ path }) => path !== '').map((line) => ({ ...line, mtime: line.mtime.slice(0, -9) }));
  assertSame(kept(actual), kept(expected), what);
}

/** Without the one file that a running writer changes all the time. */
export const withoutWriterLog = (tree: Line[]) => tree.filter(({ path }) => path !== writerLog);

/** assert.deepEqual takes minutes to show the difference of two trees of this size. */
function firstDifference(actual: Line[], expected: Line[]): string | undefined {
  for (let index = 0; index < Math.max(actual.length, expected.length); index++) {
    const [is, should] = [JSON.stringify(actual[index]), JSON.stringify(expected[index])];
    if (is !== should) return `${is} instead of ${should}`;
  }
  return undefined;
}
