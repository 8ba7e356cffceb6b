import assert from 'node:assert/strict';
import { createFormat } from '../../src/core/format';
import { snapshotId } from '../../src/core/storeLayout';

const english = createFormat('en');

describe('sizes, durations and ages', () => {
  const sizes: [number, string][] = [
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1 kB'],
    [1_530, '1.5 kB'],
    [34_200_000, '34 MB'],
    [886_000_000, '886 MB'],
    [2_000_000_000_000, '2 TB'],
  ];
  for (const [bytes, text] of sizes) {
    it(`shows ${bytes} bytes as ${text}`, () => assert.equal(english.bytes(bytes), text));
  }

  const durations: [number, string][] = [
    [0, '0 s'],
    [212, '0.21 s'],
    [612, '0.61 s'],
    [1_240, '1.2 s'],
    [41_900, '42 s'],
    [125_400, '2 min 5 s'],
    [-5, '0 s'],
  ];
  for (const [ms, text] of durations) {
    it(`shows ${ms} ms as ${text}`, () => assert.equal(english.duration(ms), text));
  }

  const now = new Date('2026-03-01T12:00:00Z');
  const ages: [string, string][] = [
    ['2026-03-01T11:59:31Z', 'now'],
    ['2026-03-01T11:59:00Z', '1 min. ago'],
    ['2026-03-01T09:10:00Z', '2 hr. ago'],
    ['2026-02-28T11:00:00Z', 'yesterday'],
    ['2026-02-10T11:00:00Z', '2 wk. ago'],
    ['2024-01-10T11:00:00Z', '2 yr. ago'],
    ['2026-03-01T12:05:00Z', 'now'],
  ];
  for (const [time, text] of ages) {
    it(`shows ${time} as ${text}`, () => assert.equal(english.age(new Date(time), now), text));
  }

  it('counts ages in time that has passed, also over an hour that the clocks repeat', () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Europe/Berlin';
    try {
      // Half past two in summer, and an hour later half past two again.
      const [first, second] = [new Date('2026-10-25T00:30:00Z'), new Date('2026-10-25T01:30:00Z')];
      assert.deepEqual([first.getHours(), second.getHours()], [2, 2]);
      assert.equal(english.age(first, second), '1 hr. ago');
      const ids = [first, second].map((time) => snapshotId(time, Buffer.from([0, 0, 0])));
      assert.ok(ids[0]! < ids[1]!, 'ids sort by time');
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('never shows a share beyond 0% and 100%', () => {
    assert.equal(english.percent(1.02), '100%');
    assert.equal(english.percent(-1), '0%');
  });

  it('speaks other languages', () => {
    const chinese = createFormat('zh-cn');
    assert.equal(chinese.age(new Date('2026-03-01T11:57:00Z'), now), '3分钟前');
  });
});
