import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  formatKeepRules,
  keepRules,
  parseKeepRules,
  sortOut,
  type Datable,
  type KeepRules,
} from '../../src/core/backup/keepRules';

/** By the local calendar, as the rules are. */
function at(text: string, written = text): Datable {
  return { time: new Date(text), written: new Date(written) };
}

const kept = (times: string[], rules: KeepRules) =>
  sortOut(
    times.map((time) => at(time)),
    rules,
  ).stay.map(({ backup }) => times.find((time) => +new Date(time) === +backup.time));

describe('which backups of a volume stay', () => {
  const days = ['2026-06-01T08:00', '2026-06-01T20:00', '2026-06-02T08:00', '2026-06-04T08:00', '2026-06-04T09:30'];

  const cases: [string, string[], KeepRules, string[]][] = [
    ['all without rules', days, {}, days.toReversed()],
    ['the last so many', days, { last: 2 }, ['2026-06-04T09:30', '2026-06-04T08:00']],
    [
      'of each of the last days that have one, the newest',
      days,
      { daily: 3 },
      ['2026-06-04T09:30', '2026-06-02T08:00', '2026-06-01T20:00'],
    ],
    ['of each hour', days, { hourly: 2 }, ['2026-06-04T09:30', '2026-06-04T08:00']],
    [
      'of weeks that begin on Monday',
      ['2026-05-31T10:00', '2026-06-01T10:00', '2026-06-07T10:00', '2026-06-08T10:00'],
      { weekly: 3 },
      ['2026-06-08T10:00', '2026-06-07T10:00', '2026-05-31T10:00'],
    ],
    [
      'of the week in which the year ends',
      ['2025-12-29T10:00', '2026-01-01T10:00', '2026-01-05T10:00'],
      { weekly: 5 },
      ['2026-01-05T10:00', '2026-01-01T10:00'],
    ],
    [
      'of months and years',
      ['2024-06-01T10:00', '2025-06-01T10:00', '2026-05-01T10:00', '2026-06-01T10:00', '2026-06-30T10:00'],
      { monthly: 2, yearly: 3 },
      ['2026-06-30T10:00', '2026-05-01T10:00', '2025-06-01T10:00', '2024-06-01T10:00'],
    ],
    ['none, by no rule', [], { last: 1 }, []],
  ];
  for (const [what, times, rules, expected] of cases)
    it(what, () => {
      assert.deepEqual(kept(times, rules), expected);
    });

  it('is said with all reasons', () => {
    const { stay } = sortOut(
      days.map((time) => at(time)),
      { last: 1, daily: 2 },
    );
    assert.deepEqual(
      stay.map(({ because }) => because),
      [['newest', 'last', 'daily'], ['daily']],
    );
  });

  it('are never without the one that was written last, whatever the clock said of its data', () => {
    const backups = [at('2030-01-01T00:00', '2026-06-01T00:00'), at('2026-06-02T00:00', '2026-06-02T00:00')];
    assert.equal(sortOut(backups, { last: 1 }).go.length, 0);
  });

  it('are what any rules of any backups leave: none lost, the newest there, and the same when asked again', () => {
    const moment = fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
    const rulesOf = fc.record(Object.fromEntries(keepRules.map((rule) => [rule, fc.integer({ min: 1, max: 20 })])), {
      requiredKeys: [],
    });
    fc.assert(
      fc.property(fc.array(fc.record({ time: moment, written: moment })), rulesOf, (backups, rules: KeepRules) => {
        const { stay, go } = sortOut(backups, rules);
        const staying = stay.map(({ backup }) => backup);
        assert.equal(staying.length + go.length, backups.length);
        assert.deepEqual(new Set([...staying, ...go]), new Set(backups));
        if (backups.length === 0) return;
        const newest = Math.max(...backups.map(({ time }) => time.getTime()));
        assert.ok(staying.some(({ time }) => time.getTime() === newest));
        assert.ok(staying.length >= Math.min(backups.length, rules.last ?? 1));
        assert.deepEqual(sortOut(staying, rules).go, []);
      }),
    );
  });
});

describe('rules for backups', () => {
  it('are read as they are written', () => {
    const rules = { last: 3, daily: 7, yearly: 10 };
    assert.equal(formatKeepRules(rules), 'last 3, daily 7, yearly 10');
    assert.deepEqual(parseKeepRules(formatKeepRules(rules)), rules);
    assert.deepEqual(parseKeepRules(' Daily=7;weekly: 4 '), { daily: 7, weekly: 4 });
  });
  for (const text of [
    '',
    'daily',
    'daily 0',
    'daily -1',
    'daily 1.5',
    'never 3',
    'daily 7 weekly 4',
    'daily 1, daily 2',
  ])
    it(`are not guessed: “${text}”`, () => {
      assert.equal(parseKeepRules(text), undefined);
    });
});
