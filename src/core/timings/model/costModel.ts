import { median, quantile } from '../figures/quantiles';
import type { TimingRecord } from '../record';
import { dot, nonNegativeLeastSquares } from './nonNegative';

/** What an operation has to do: files that it looks at, and bytes that it moves. */
export interface Work {
  files: number;
  bytes: number;
}

/** How long operations of one kind take on one engine: `fixedMs + msPerFile · files + msPerByte · bytes`. */
export interface CostModel {
  fixedMs: number;
  msPerFile: number;
  msPerByte: number;
  /** Two of three were no further from what it says, as a share of that; nine of ten. */
  typicalError: number;
  largeError: number;
  records: number;
}

export interface TooLittle {
  tooLittle: true;
  records: number;
  needed: number;
}

/** Fewer say nothing about three coefficients and their error. */
const fewest = 5;
/** Older ones are of another machine, engine or version sooner or later. */
const newest = 300;

/** Of `records` of one kind and engine, newest first; those that were not done do not count. */
export function fitCostModel(records: readonly TimingRecord[]): CostModel | TooLittle {
  const measured = records.filter(({ outcome }) => outcome === 'done').slice(0, newest);
  if (measured.length < fewest) return { tooLittle: true, records: measured.length, needed: fewest };
  const rows = measured.map((record) => rowOf(workOf(record)));
  const times = measured.map(ownMs);
  const coefficients = robustFit(rows, times);
  const errors = rows.map((row, i) => relativeError(times[i]!, dot(row, coefficients)));
  const [fixedMs, msPerThousandFiles, msPerMegabyte] = coefficients as [number, number, number];
  return {
    fixedMs,
    msPerFile: msPerThousandFiles / 1e3,
    msPerByte: msPerMegabyte / 1e6,
    typicalError: quantile(errors, 2 / 3),
    largeError: quantile(errors, 0.9),
    records: measured.length,
  };
}

export function isModel(fitted: CostModel | TooLittle): fitted is CostModel {
  return !('tooLittle' in fitted);
}

export function predictMs(model: CostModel, { files, bytes }: Work): number {
  return model.fixedMs + model.msPerFile * files + model.msPerByte * bytes;
}

export function workOf({ filesMoved, filesSkipped, bytesMoved }: TimingRecord): Work {
  return { files: filesMoved + filesSkipped, bytes: bytesMoved };
}

/** Without what has nothing to do with the data: other operations that were waited for, an image that was pulled. */
export function ownMs({ totalMs, phases }: Pick<TimingRecord, 'totalMs' | 'phases'>): number {
  return totalMs - phases.reduce((sum, { name, ms }) => sum + (name === 'wait' || name === 'pull' ? ms : 0), 0);
}

/** Of about the same size, so that the equations are well-behaved. */
function rowOf({ files, bytes }: Work): number[] {
  return [1, files / 1e3, bytes / 1e6];
}

/** Short times are off by some of these, whatever the data. */
const floorMs = 50;
const rounds = 8;
/** Beyond so many deviations a record tells nothing (Tukey's biweight). */
const cutoff = 4.685;

/**
 * Errors grow with what is measured, so they are weighed as shares of it; and what is far out, as one that a stop timeout made long,
 * weighs less, or nothing.
 */
function robustFit(rows: readonly number[][], times: readonly number[]): number[] {
  let weights = times.map((ms) => 1 / (ms + floorMs) ** 2);
  let coefficients = nonNegativeLeastSquares(rows, times, weights);
  for (let round = 0; round < rounds; round++) {
    const predicted = rows.map((row) => dot(row, coefficients));
    const errors = predicted.map((ms, i) => (times[i]! - ms) / (ms + floorMs));
    const deviation = Math.max(0.01, 1.4826 * median(errors.map(Math.abs)));
    weights = errors.map((error, i) => biweight(error / deviation / cutoff) / (predicted[i]! + floorMs) ** 2);
    const better = nonNegativeLeastSquares(rows, times, weights);
    if (!better.some((each) => each > 0)) break;
    coefficients = better;
  }
  return coefficients;
}

function biweight(share: number): number {
  return Math.abs(share) >= 1 ? 0 : (1 - share * share) ** 2;
}

function relativeError(measured: number, predicted: number): number {
  return Math.abs(measured - predicted) / Math.max(predicted, floorMs);
}
