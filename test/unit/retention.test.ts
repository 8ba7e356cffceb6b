import assert from 'node:assert/strict';
import fc from 'fast-check';
import { prunable, volumesToPrune } from '../../src/core/retention';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';

const now = new Date('2026-06-01T12:00:00Z');
const policy = { keepDays: 7, keepCount: 3, maxDays: 60, trashDays: 30 };

interface Taken extends Partial<Pick<SnapshotEntry, 'kind' | 'purpose' | 'copyOf' | 'note' | 'id' | 'time'>> {
  days?: number;
}

/** Snapshots of one volume in the order they were taken. */
function snapshots(...taken: Taken[]): SnapshotEntry[] {
  return taken.map(({ days = 0, ...given }, index) => ({
    format: 1,
    id: `s${index + 1}`,
    sequence: index + 1,
    volume: { name: 'db', createdAt: '', driver: 'local', labels: {}, options: {} },
    time: new Date(now.getTime() - days * 86_400_000).toISOString(),
    kind: 'safety',
    note: '',
    consistency: 'stopped',
    users: [],
    losses: [],
    entries: 0,
    files: 0,
    totalBytes: 0,
    addedBytes: 0,
    frozenMs: 0,
    phases: [],
    ...given,
  }));
}

const ago = (...days: number[]) => snapshots(...days.map((each) => ({ days: each })));
const pruned = (entries: SnapshotEntry[], by = policy, at = now) => prunable(entries, by, at).map(({ id }) => id);

const sources = (...days: number[]) => days.map((each): Taken => ({ days: each, purpose: 'source' }));
const copies = (...days: number[]) =>
  sources(...days).map((each): Taken => ({ ...each, copyOf: { volume: 'other', snapshot: 'x' } }));

describe('safety snapshots', () => {
  const cases: [string, SnapshotEntry[], string[]][] = [
    ['that are young are all kept', ago(6, 5, 4, 3, 2, 1), []],
    ['that are old and few are kept', ago(30, 20, 10), []],
    ['that are old and many go, the oldest first', ago(40, 30, 20, 10, 9), ['s1', 's2']],
    ['that are old count with the young', ago(20, 10, 3, 2, 1), ['s1', 's2']],
    ['that are too old go, however few', ago(90, 61, 59, 1), ['s1', 's2']],
    ['of which there is one are kept, however old', ago(400), []],
    ['are kept for the newest of them, however old all are', ago(400, 399, 398, 397), ['s1', 's2', 's3']],
    ['with a note are kept', snapshots({ days: 90, note: 'before the release' }, { days: 80 }, { days: 1 }), ['s2']],
    ['are all that goes', snapshots({ days: 900, kind: 'user' }, { days: 90 }, { days: 1, kind: 'user' }, {}), ['s2']],
    [
      'are not spared by newer ones that a person took',
      snapshots({ days: 90 }, { days: 80 }, { days: 1, kind: 'user' }),
      ['s1'],
    ],
    ['of a time that cannot be read are kept', snapshots({ time: '?' }, { days: 1 }, {}, {}, {}), []],
    ['from the future are kept', ago(-3000, -1, 0, 0, 0), []],
    [
      'of volumes that were removed go after their days, the newest too',
      snapshots({ days: 400, kind: 'user' }, { days: 40, purpose: 'prune' }, { days: 31, purpose: 'remove' }),
      ['s2', 's3'],
    ],
    ['of volumes that were removed are kept for these days', snapshots({ days: 29, purpose: 'remove' }), []],
    [
      'of volumes that were removed are kept with a note',
      snapshots({ days: 400, purpose: 'remove', note: 'mine' }),
      [],
    ],
    [
      'from before one was emptied are kept for these days, however many there are',
      snapshots({ days: 40, purpose: 'empty' }, { days: 29, purpose: 'empty' }, { days: 2 }, { days: 1 }, {}),
      ['s1'],
    ],
    ['to be copied from go when there is a newer one', snapshots(...sources(3, 2, 0)), ['s1', 's2']],
    ['to be copied from go by themselves later', snapshots(...sources(8)), ['s1']],
    ['to be copied from are not gone at once', snapshots(...sources(0.03, 0.02, 0)), []],
    ['that are copies go when there is a newer one', snapshots(...copies(3, 2, 0)), ['s1', 's2']],
    ['that are copies are kept: one of them says of what', snapshots(...copies(30)), []],
    [
      'of other sorts do not count as newer ones',
      snapshots({ days: 20 }, ...sources(1), ...copies(1), { days: 1, purpose: 'remove' }, { days: 1 }),
      [],
    ],
    ['from the future keep no others', ago(-3000, 40, 30, 20, 10, 9), ['s2', 's3']],
  ];
  for (const [what, entries, expected] of cases) {
    it(what, () => assert.deepEqual(pruned(entries), expected));
  }

  it('taken after the clock stepped back are as young as those before', () => {
    // The second was taken a moment after the first, by a clock that had gone back to another year.
    assert.deepEqual(pruned(ago(2, 400, 1, 1, 1)), []);
    assert.deepEqual(pruned(ago(8, 9, 8, 8, 1), { ...policy, keepDays: 8.5 }), []);
  });

  it('have no negative age when the clock steps back a day', () => {
    const yesterday = new Date(now.getTime() - 86_400_000);
    assert.deepEqual(pruned(ago(7.5, 7.4, 7.3, 7.2, 0), policy, yesterday), []);
    assert.deepEqual(pruned(ago(7.5, 7.4, 7.3, 7.2, 0)), ['s1', 's2']);
  });

  it('of one millisecond are in the order they were taken', () => {
    const same = snapshots({ days: 90, id: 'z' }, { days: 90, id: 'm' }, { days: 90, id: 'a' });
    assert.deepEqual(pruned(same), ['z', 'm']);
    const [first, second] = same;
    assert.deepEqual(pruned([{ ...second!, sequence: 1 }, first!]), ['m'], 'of one sequence the ids decide');
  });

  it('go with the listed order, whatever that is', () => {
    assert.deepEqual(pruned(ago(40, 30, 20, 10, 9).reverse()), ['s1', 's2']);
  });

  it('never go when newest, young, named or not ours to remove', () => {
    const taken = fc.record({
      days: fc.double({ min: -10, max: 400, noNaN: true }),
      kind: fc.constantFrom('user' as const, 'safety' as const),
      note: fc.constantFrom('', 'named'),
    });
    fc.assert(
      fc.property(fc.array(taken, { maxLength: 12 }), fc.nat(5), (list, keepCount) => {
        const entries = snapshots(...list);
        const gone = prunable(entries, { ...policy, keepCount }, now);
        const newest = entries.findLast(({ kind }) => kind === 'safety');
        for (const { kind, note, time, id } of gone) {
          assert.deepEqual([kind, note, id === newest?.id], ['safety', '', false]);
          assert.ok(now.getTime() - Date.parse(time) >= 7 * 86_400_000);
        }
      }),
    );
  });

  it('are looked for volume by volume', () => {
    const other = { name: 'web', createdAt: '', driver: 'local', labels: {}, options: {} };
    const entries = [...ago(90), ...ago(90, 80).map((entry) => ({ ...entry, volume: other }))];
    assert.deepEqual(volumesToPrune(entries, policy, now), ['web']);
  });
});
