import assert from 'node:assert/strict';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import { undoableRestores } from '../../src/core/undo';

/** `safety db 3 shop`: kind, volume, sequence, and the group it was taken with, if any. */
function entry(words: string): SnapshotEntry {
  const [kind, name, sequence, group] = words.split(' ');
  const time = `2026-01-0${sequence}T00:00:00Z`;
  return {
    id: `${name}${sequence}`,
    kind,
    volume: { name },
    sequence: Number(sequence),
    time,
    ...(group !== undefined && { group: { id: group, volumes: ['files', 'db'] } }),
  } as SnapshotEntry;
}

/** `volumes`: name, and when it was made. `back`: ids of safety snapshots that the catalog names. */
function undoable(snapshots: string[], back: string[], volumes = ['db', 'files']): string[] {
  const waysBack = back.map((safety) => ({ volume: safety.replace(/\d$/, ''), safety }));
  const present = volumes.map((volume) => {
    const [name = '', made] = volume.split(' ');
    return { name, ...(made !== undefined && { made }) };
  });
  const restores = undoableRestores({ snapshots: snapshots.map(entry), waysBack }, present);
  return restores.map((restore) => restore.map(({ id }) => id).join('+'));
}

describe('a restore can be undone', () => {
  // prettier-ignore
  const cases: [when: string, undoable: string[], expected: string[]][] = [
    ['at once', undoable(['user db 1', 'safety db 2'], ['db2']), ['db2']],
    ['never, when there was none', undoable(['user db 1'], []), []],
    ['until the next snapshot of its volume', undoable(['user db 1', 'safety db 2', 'user db 3'], ['db2']), []],
    ['as long as only other volumes are used', undoable(['safety db 2', 'user files 3'], ['db2']), ['db2']],
    ['when it undid another one: it then does it again', undoable(['safety db 2', 'safety db 3'], ['db3']), ['db3']],
    // The safety snapshot of the one that failed is newer.
    ['until another one is tried', undoable(['safety db 2', 'safety db 3'], ['db2']), []],
    ['not by what is deleted', undoable(['user db 1'], ['db2']), []],
    ['not by an earlier safety snapshot in its place', undoable(['user db 1', 'safety db 2'], ['db3']), []],
    ['not of a volume that is gone', undoable(['safety db 2'], ['db2'], ['files']), []],
    ['where it is known when the volume was made', undoable(['safety db 2'], ['db2'], ['db 2026-01-01T23:59:59Z']), ['db2']],
    ['not of a volume made since with that name', undoable(['safety db 2'], ['db2'], ['db 2026-01-02T00:00:01Z']), []],
    ['each volume by itself', undoable(['safety files 2', 'safety db 2'], ['files2', 'db2']), ['db2', 'files2']],
    ['of all volumes at once that were restored together', undoable(['safety files 5 a', 'safety db 2 a'], ['files5', 'db2']), ['db2+files5']],
    ['for none of these once one has a snapshot', undoable(['safety files 5 a', 'safety db 2 a', 'user db 3'], ['files5', 'db2']), []],
    ['for none of these when one was not switched', undoable(['safety files 5 a', 'safety db 2 a'], ['files5']), []],
    ['for none of these when one is gone', undoable(['safety files 5 a', 'safety db 2 a'], ['files5', 'db2'], ['db']), []],
    ['alone, when restored alone after these', undoable(['safety files 5 a', 'safety db 2 a', 'safety db 3'], ['files5', 'db3']), ['db3']],
    ['not together with those of another time', undoable(['safety files 5 a', 'safety db 2 b'], ['files5', 'db2']), []],
  ];
  for (const [when, actual, expected] of cases) it(when, () => assert.deepEqual(actual, expected));

  it('by the order of its snapshots, whatever the clock said', () => {
    const [before, safety] = [{ ...entry('user db 1'), time: '2026-02-01T00:00:00Z' }, entry('safety db 2')];
    const waysBack = [{ volume: 'db', safety: safety.id }];
    assert.equal(undoableRestores({ snapshots: [before, safety], waysBack }, [{ name: 'db' }]).length, 1);
  });
});
