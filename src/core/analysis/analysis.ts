import type { Entry } from '../entry';
import { linkGroup } from '../hardLinks';
import { changedBetween, type Differences } from './differences';
import { largestFirst, Totals, type Sized } from './totals';

/** What a volume is made of. The names of one inode count once in bytes. */
export interface Analysis {
  files: number;
  folders: number;
  bytes: number;
  /** With all that is in them and below. */
  largestFolders: Sized[];
  largestFiles: Sized[];
  /** By size, in bytes, and by the age of what was last written, in days. */
  bySize: Bucket[];
  byAge: Bucket[];
  /** What it is compared with, when that was asked for. */
  differences?: Differences;
}

/** Files of less than a limit and not less than the one before; the last has no limit. */
export interface Bucket {
  below?: number;
  files: number;
  bytes: number;
}

const sizeLimits = [1_000, 100_000, 10_000_000, 1_000_000_000];
const ageLimits = [1, 7, 30, 365];
const dayMs = 86_400_000;

/** `at`: the moment that ages are of, in ms since the epoch. */
export function analysisOf(entries: readonly Entry[], at: number, before?: readonly Entry[]): Analysis {
  const folders = new Totals();
  const bySize = bucketsOf(sizeLimits);
  const byAge = bucketsOf(ageLimits);
  const files: Sized[] = [];
  const counted = new Set<bigint>();
  let bytes = 0;
  for (const entry of entries) {
    if (entry.type !== 'file') continue;
    const group = linkGroup(entry);
    const own = group !== undefined && counted.has(group) ? 0 : entry.size;
    if (group !== undefined) counted.add(group);
    bytes += own;
    folders.add(entry.path, own);
    files.push({ path: entry.path, bytes: own, files: 1 });
    put(bySize, entry.size, own);
    put(byAge, (at - Number(entry.mtime / 1_000_000n)) / dayMs, own);
  }
  return {
    files: files.length,
    folders: entries.filter(({ type, path }) => type === 'directory' && path !== '').length,
    bytes,
    largestFolders: folders.largest(),
    largestFiles: largestFirst(files),
    bySize,
    byAge,
    ...(before && { differences: changedBetween(before, entries) }),
  };
}

function bucketsOf(limits: readonly number[]): Bucket[] {
  return [...limits.map((below) => ({ below, files: 0, bytes: 0 })), { files: 0, bytes: 0 }];
}

function put(buckets: readonly Bucket[], value: number, bytes: number): void {
  const bucket = buckets.find(({ below }) => below === undefined || value < below)!;
  bucket.files++;
  bucket.bytes += bytes;
}
