import assert from 'node:assert/strict';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import { completeGroups, incompleteGroups } from '../../src/core/snapshotGroups';

function entry(volume: string, sequence: number, group?: SnapshotEntry['group']): SnapshotEntry {
  return {
    id: `${volume}${sequence}`,
    volume: { name: volume },
    sequence,
    time: `2026-01-0${sequence}`,
    group,
  } as SnapshotEntry;
}

describe('the snapshots of a project', () => {
  const group = (id: string, project = 'shop') => ({ id, project, volumes: ['db', 'files'] });
  const idsOf = (entries: SnapshotEntry[]) => completeGroups(entries, 'shop').map((each) => each.map(({ id }) => id));

  it('belong together when they were taken together, newest first', () => {
    const first = [entry('files', 1, group('a')), entry('db', 1, group('a'))];
    const second = [entry('db', 2, group('b')), entry('files', 2, group('b'))];
    assert.deepEqual(idsOf([...first, entry('db', 3), ...second]), [
      ['db2', 'files2'],
      ['db1', 'files1'],
    ]);
  });

  it('are none of them offered when one was deleted, or when they are of another project', () => {
    assert.deepEqual(idsOf([entry('db', 1, group('a'))]), []);
    assert.deepEqual(idsOf(['db', 'files'].map((volume) => entry(volume, 1, group('a', 'other')))), []);
  });

  it('are told by those that are missing, also when they were never committed', () => {
    const whole = ['db', 'files'].map((volume) => entry(volume, 1, group('a')));
    const incomplete = incompleteGroups([...whole, entry('files', 2, group('b')), entry('db', 3)]);
    assert.deepEqual([...incomplete], [['b', ['db']]]);
  });
});
