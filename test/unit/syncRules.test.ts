import assert from 'node:assert/strict';
import { whyHalted } from '../../src/core/syncRules';

const mb = 1024 * 1024;
const removing = (entries: number, bytes = 0) => ({ removed: { entries, bytes, first: [] } });

/** Entries with the root folder, as they are counted everywhere. */
const sides = (source: number, target: number, removed: { entries: number; bytes: number }, totalBytes = 10 * mb) =>
  whyHalted({
    source: { entries: source },
    target: { entries: target, totalBytes },
    changes: removing(removed.entries, removed.bytes),
  })?.rule;

describe('a sync', () => {
  const cases: [string, ReturnType<typeof sides>, string | undefined][] = [
    ['to an empty volume goes on', sides(1000, 1, { entries: 0, bytes: 0 }), undefined],
    ['of nothing to nothing goes on', sides(1, 1, { entries: 0, bytes: 0 }), undefined],
    ['of nothing to one file halts', sides(1, 2, { entries: 1, bytes: 1 }), 'sourceEmpty'],
    ['that removes nothing goes on', sides(2, 1001, { entries: 0, bytes: 0 }), undefined],
    ['that removes half goes on', sides(501, 1001, { entries: 500, bytes: 0 }), undefined],
    ['that removes more than half halts', sides(500, 1001, { entries: 501, bytes: 0 }), 'mostWouldGo'],
    ['that removes most of a few goes on', sides(2, 12, { entries: 10, bytes: 0 }), undefined],
    ['that removes most bytes halts', sides(1000, 1001, { entries: 1, bytes: 6 * mb }), 'mostWouldGo'],
    ['that removes half of the bytes goes on', sides(1000, 1001, { entries: 1, bytes: 5 * mb }), undefined],
    ['that removes most of few bytes goes on', sides(1000, 1001, { entries: 1, bytes: mb }, mb), undefined],
  ];
  for (const [what, found, expected] of cases) it(what, () => assert.equal(found, expected));

  it('that halts says how much would go, without the root folder', () => {
    const changes = removing(900, 9 * mb);
    const why = whyHalted({ source: { entries: 102 }, target: { entries: 1001, totalBytes: 10 * mb }, changes });
    assert.deepEqual(why, {
      rule: 'mostWouldGo',
      removed: 900,
      of: 1000,
      removedBytes: 9 * mb,
      ofBytes: 10 * mb,
    });
  });
});
