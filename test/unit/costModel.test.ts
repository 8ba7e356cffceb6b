import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { median } from '../../src/core/timings/figures/quantiles';
import {
  fitCostModel,
  isModel,
  ownMs,
  predictMs,
  workOf,
  type CostModel,
} from '../../src/core/timings/model/costModel';
import { nonNegativeLeastSquares } from '../../src/core/timings/model/nonNegative';
import type { TimingRecord } from '../../src/core/timings/record';
import { numbersBetween, timingRecord } from '../fixtures/timingRecords';

const truth = { fixedMs: 400, msPerFile: 0.02, msPerByte: 1e-5 };

/** Records of the law above, each off by up to `noise` of it. */
function history(count: number, noise: number, seed = 1): TimingRecord[] {
  const next = numbersBetween(seed);
  return Array.from({ length: count }, () => {
    const work = { files: Math.round(next() * 20_000), bytes: Math.round(next() * 200e6) };
    const ms = truth.fixedMs + truth.msPerFile * work.files + truth.msPerByte * work.bytes;
    const moved = Math.round(work.files * next());
    return timingRecord({
      totalMs: ms * (1 + noise * (2 * next() - 1)),
      filesMoved: moved,
      filesSkipped: work.files - moved,
      bytesMoved: work.bytes,
    });
  });
}

function fitted(records: readonly TimingRecord[]): CostModel {
  const model = fitCostModel(records);
  assert.ok(isModel(model));
  return model;
}

function assertNear(actual: number, expected: number, share: number): void {
  assert.ok(Math.abs(actual - expected) <= share * expected, `${actual} instead of ${expected}`);
}

describe('the cost model', () => {
  it('finds the law that a history follows, with its error', () => {
    const model = fitted(history(60, 0.1));
    for (const name of ['fixedMs', 'msPerFile', 'msPerByte'] as const) assertNear(model[name], truth[name], 0.15);
    assert.ok(model.typicalError > 0.02 && model.typicalError < 0.1, `${model.typicalError}`);
    assert.ok(model.largeError > model.typicalError);
    assertNear(predictMs(model, { files: 10_000, bytes: 100e6 }), 1_600, 0.05);
  });

  it('foretells what a recorded history did next, better than the usual time of its kind does', () => {
    // Of four volumes, from 24 to 9,000 files, on a machine that was busy with other work; oldest first.
    const lines = readFileSync('test/fixtures/recorded-timings.jsonl', 'utf8').trim().split('\n');
    const recorded = lines.map((line) => timingRecord(JSON.parse(line) as Partial<TimingRecord>));
    for (const kind of ['snapshot', 'restore']) {
      const records = recorded.filter((record) => record.kind === kind);
      const later = records.slice(6).map((record, i) => ({ record, before: records.slice(0, i + 6).reverse() }));
      const errorOf = (ms: number, record: TimingRecord) => Math.abs(ms - ownMs(record)) / ownMs(record);
      const foretold = later.map(({ record, before }) => errorOf(predictMs(fitted(before), workOf(record)), record));
      const usual = later.map(({ record, before }) => errorOf(median(before.map(ownMs)), record));
      assert.ok(median(foretold) < 0.45, `${kind}: ${median(foretold)}`);
      assert.ok(median(foretold) < median(usual), `${kind}: ${median(foretold)} and ${median(usual)}`);
    }
  });

  it('is not led astray by some that took ten times as long, nor by those that failed or waited', () => {
    const records = history(40, 0.05);
    for (const i of [3, 11, 19, 27]) records[i] = { ...records[i]!, totalMs: records[i]!.totalMs * 10 };
    records.push(timingRecord({ totalMs: 60_000, outcome: 'failed' }));
    const waited = { name: 'wait' as const, ms: 30_000, files: 0, bytes: 0 };
    records.unshift({ ...records[0]!, totalMs: records[0]!.totalMs + 30_000, phases: [waited] });
    const model = fitted(records);
    assertNear(predictMs(model, { files: 10_000, bytes: 100e6 }), 1_600, 0.05);
    assert.ok(model.typicalError < 0.06, `${model.typicalError}`);
  });

  it('is a constant where nothing varies, and never says that more data takes less time', () => {
    const same = Array.from({ length: 8 }, () => timingRecord({ totalMs: 500, filesSkipped: 100, bytesMoved: 10 }));
    assertNear(predictMs(fitted(same), { files: 100, bytes: 10 }), 500, 0.001);
    const shrinking = [1, 2, 3, 4, 5, 6].map((n) => timingRecord({ totalMs: 1_000 / n, bytesMoved: n * 1e6 }));
    assert.equal(fitted(shrinking).msPerByte, 0);
  });

  it('says when it has too little data', () => {
    assert.deepEqual(fitCostModel(history(4, 0)), { tooLittle: true, records: 4, needed: 5 });
  });

  it('solves least squares no worse than any other coefficients that are not negative', () => {
    const small = fc.double({ min: -10, max: 10, noNaN: true });
    const problem = fc.array(fc.tuple(small, small, small), { minLength: 4, maxLength: 12 });
    const other = fc.tuple(...[0, 1, 2].map(() => fc.double({ min: 0, max: 10, noNaN: true })));
    fc.assert(
      fc.property(problem, other, (points, [a = 0, b = 0, c = 0]) => {
        const rows = points.map(([x, y]) => [1, x, y]);
        const wanted = points.map(([, , z]) => z);
        const weights = points.map((_, i) => 1 + (i % 3));
        const errorOf = (solution: readonly number[]) =>
          rows.reduce(
            (sum, row, i) => sum + weights[i]! * (wanted[i]! - row.reduce((s, x, k) => s + x * solution[k]!, 0)) ** 2,
            0,
          );
        const solution = nonNegativeLeastSquares(rows, wanted, weights);
        assert.ok(solution.every((each) => each >= 0));
        assert.ok(errorOf(solution) <= errorOf([a, b, c]) * (1 + 1e-6) + 1e-6);
      }),
    );
  });
});
