import './vscodeWords';
import assert from 'node:assert/strict';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import { reservations } from '../../src/features/snapshots/reservations';

const entry = (name: string, treated: Partial<SnapshotEntry>) => ({ volume: { name }, ...treated }) as SnapshotEntry;
const user = { name: 'app' } as SnapshotEntry['users'][number];
const paused = entry('db', { consistency: 'paused' });
const live = entry('web', { consistency: 'live', users: [user] });
const unused = entry('old', { consistency: 'live', users: [] });
const onlyPaused = entry('cache', { consistency: 'paused', asked: 'application' });

describe('what is said of snapshots that were taken together', () => {
  it('is nothing more when they are what was asked for', () => {
    assert.deepEqual(reservations([paused, unused, entry('pg', { consistency: 'application' })]), []);
  });

  it('names the volumes that were in use, and those whose containers were only paused', () => {
    const [first, second, ...others] = reservations([paused, live, onlyPaused]);
    assert.match(first!, /different moments: web\.$/);
    assert.match(second!, /^Containers of cache were only paused/);
    assert.deepEqual(others, []);
  });
});
