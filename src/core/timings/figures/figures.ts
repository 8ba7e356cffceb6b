import type { TimingRecord } from '../record';
import { median, quantile } from './quantiles';

/** How long one kind of operation takes on one volume: of those that were done, for others ended before they had done it all. */
export interface Figures {
  kind: string;
  volume: string;
  engine: string;
  done: number;
  /** Failed or cancelled. */
  others: number;
  lastMs: number;
  medianMs: number;
  p95Ms: number;
  /** How much longer the newer half of the last ones took than the older half, as a share; absent of too few. */
  trend?: number;
  /** Bytes moved in a second; absent where none were. */
  bytesPerSecond?: number;
  /** Medians. */
  bytesMoved: number;
  bytesSkipped: number;
  downtimeMs: number;
}

/** The one that was used last first. */
export function figuresOf(newestFirst: readonly TimingRecord[]): Figures[] {
  return [...groupedBy(newestFirst, (each) => keyOf(each.kind, each.volume, each.engine)).values()].map(figuresOfGroup);
}

function figuresOfGroup(records: readonly TimingRecord[]): Figures {
  const { kind, volume, engine } = records[0]!;
  const done = records.filter(({ outcome }) => outcome === 'done');
  const times = done.map(({ totalMs }) => totalMs);
  const trend = trendOf(times);
  const rate = rateOf(done);
  return {
    kind,
    volume,
    engine,
    done: done.length,
    others: records.length - done.length,
    lastMs: times[0] ?? NaN,
    medianMs: median(times),
    p95Ms: quantile(times, 0.95),
    ...(trend !== undefined && { trend }),
    ...(rate !== undefined && { bytesPerSecond: rate }),
    bytesMoved: median(done.map(({ bytesMoved }) => bytesMoved)),
    bytesSkipped: median(done.map(({ bytesSkipped }) => bytesSkipped)),
    downtimeMs: median(done.map(({ downtimeMs }) => downtimeMs)),
  };
}

const trendOver = 20;
const fewestInHalf = 3;

function trendOf(newestFirst: readonly number[]): number | undefined {
  const last = newestFirst.slice(0, trendOver);
  const half = Math.floor(last.length / 2);
  if (half < fewestInHalf) return undefined;
  return median(last.slice(0, half)) / median(last.slice(-half)) - 1;
}

function rateOf(records: readonly TimingRecord[]): number | undefined {
  const bytes = records.reduce((sum, { bytesMoved }) => sum + bytesMoved, 0);
  const ms = records.reduce((sum, { totalMs }) => sum + totalMs, 0);
  return bytes > 0 && ms > 0 ? (bytes / ms) * 1_000 : undefined;
}

/** Of names that have no such character: of thousands of records, that is faster than JSON. */
export function keyOf(...names: string[]): string {
  return names.join('\0');
}

/** In the order of their first one. */
export function groupedBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
