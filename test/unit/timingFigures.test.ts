import assert from 'node:assert/strict';
import { figuresOf } from '../../src/core/timings/figures/figures';
import { choicesOf, filtered, parseFilter } from '../../src/core/timings/figures/filter';
import { timesByStorage, timesByVolume } from '../../src/core/timings/figures/missionTimes';
import { quantile } from '../../src/core/timings/figures/quantiles';
import { timingRecord } from '../fixtures/timingRecords';

describe('the figures of the history', () => {
  it('are those of each kind and volume: the last, middle and slow ones, what was moved and the downtime', () => {
    const times = [100, 900, 200, 300, 400];
    const records = times.map((totalMs) =>
      timingRecord({ totalMs, bytesMoved: 1e6, bytesSkipped: 9e6, downtimeMs: 40 }),
    );
    const failed = timingRecord({ totalMs: 9_999, outcome: 'failed' });
    const [first, second, ...none] = figuresOf([failed, ...records, timingRecord({ kind: 'restore', totalMs: 5 })]);
    assert.deepEqual(none, []);
    assert.deepEqual(first && { ...first, p95Ms: Math.round(first.p95Ms) }, {
      ...{ kind: 'snapshot', volume: 'db', engine: 'Docker', done: 5, others: 1 },
      ...{ lastMs: 100, medianMs: 300, p95Ms: 800, bytesPerSecond: 5e9 / 1_900 },
      ...{ bytesMoved: 1e6, bytesSkipped: 9e6, downtimeMs: 40 },
    });
    assert.equal(second?.kind, 'restore');
    assert.equal(second.bytesPerSecond, undefined);
    assert.ok(Number.isNaN(quantile([], 0.5)));
  });

  it('have a trend when there are enough: the newer half beside the older one', () => {
    const newestFirst = [300, 310, 290, 100, 90, 110].map((totalMs) => timingRecord({ totalMs }));
    assert.equal(figuresOf(newestFirst)[0]?.trend, 2);
    assert.equal(figuresOf(newestFirst.slice(1))[0]?.trend, undefined);
  });

  it('are filtered by kind, volume, engine, destination and period', () => {
    const now = new Date('2026-03-02T12:00:00Z');
    const nas = { name: 'nas', type: 'folder' };
    const records = [
      timingRecord({ id: 'new', startedAt: '2026-03-02T11:00:00.000Z', kind: 'backup', destination: nas }),
      timingRecord({ id: 'old', startedAt: '2026-02-01T11:00:00.000Z', volume: 'cache' }),
    ];
    const ids = (filter: object) => filtered(records, filter, now).map(({ id }) => id);
    assert.deepEqual(ids({}), ['new', 'old']);
    assert.deepEqual(ids({ days: 7 }), ['new']);
    assert.deepEqual(ids({ kind: 'backup', destination: 'nas', engine: 'Docker' }), ['new']);
    assert.deepEqual(ids({ volume: 'cache' }), ['old']);
    assert.deepEqual(ids({ volume: 'cache', kind: 'backup' }), []);
    assert.deepEqual([choicesOf(records, 'destination'), choicesOf(records, 'volume')], [['nas'], ['cache', 'db']]);
  });

  it('take a filter only when it is one', () => {
    assert.deepEqual(parseFilter({ kind: 'backup', days: 7, other: 1 }), { kind: 'backup', days: 7 });
    for (const value of [null, 5, { kind: 5 }, { days: '7' }, { days: -1 }, { days: NaN }])
      assert.equal(parseFilter(value), undefined);
  });

  it('of the mission are side by side, by volume and by what the data is', () => {
    const s3 = { name: 'cloud', type: 's3' };
    const records = [
      timingRecord({ totalMs: 100, databases: ['postgres'] }),
      timingRecord({ totalMs: 300 }),
      timingRecord({ totalMs: 2_000, kind: 'backup', destination: s3 }),
      timingRecord({ totalMs: 700, volume: 'files', kind: 'restore' }),
      timingRecord({ totalMs: 5, kind: 'size' }),
    ];
    assert.deepEqual(timesByVolume(records), [
      { volume: 'db', engine: 'Docker', times: { snapshot: { ms: 200, done: 2 }, backup: { ms: 2_000, done: 1 } } },
      { volume: 'files', engine: 'Docker', times: { restore: { ms: 700, done: 1 } } },
    ]);
    assert.deepEqual(timesByStorage(records), {
      fileSystem: { restore: { ms: 700, done: 1 } },
      database: { snapshot: { ms: 200, done: 2 }, backup: { ms: 2_000, done: 1 } },
      objectStorage: { backup: { ms: 2_000, done: 1 } },
    });
  });
});
