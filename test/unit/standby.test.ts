import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { failedOver, isDue, primaryOf, standbyOf, type Standby } from '../../src/core/standby/standby';
import { StandbyStore } from '../../src/core/standby/standbyStore';

const last = { time: '2026-01-01T00:00:00Z', at: '2026-01-01T00:00:05Z', source: 's', copy: 'c' };
const standby: Standby = {
  format: 1,
  id: 'one',
  here: { engine: { id: 'a', name: 'A' }, volume: 'db' },
  there: { engine: { id: 'b', name: 'B' }, volume: 'db-copy', reached: { context: 'b' } },
  active: 'here',
  stopped: [],
};

describe('a standby', () => {
  it('is due when its last update is so long ago, and when a clock was put back; never when nobody wants that', () => {
    const at = (minutes: number) => new Date(Date.parse(last.at) + minutes * 60_000);
    const updated = { ...standby, last };
    assert.deepEqual(
      [14, 15, 16, -1].map((minutes) => isDue(updated, 15, at(minutes))),
      [false, true, true, true],
    );
    assert.deepEqual(
      [isDue(standby, 15, at(0)), isDue(standby, 0, at(0)), isDue(updated, 0, at(99))],
      [true, false, false],
    );
  });

  it('changes sides with a fail-over, and back with the next one', () => {
    const stopped = [{ id: 'x', name: 'web', restartPolicy: { Name: 'always' } }];
    const over = failedOver(standby, { stopped, unheardSince: 'then' });
    assert.deepEqual([primaryOf(over).volume, standbyOf(over).volume], ['db-copy', 'db']);
    assert.deepEqual([over.stopped, over.unheardSince, over.last], [stopped, 'then', undefined]);
    const back = failedOver(over, { last, stopped: [] });
    assert.deepEqual(back, { ...standby, last });
  });

  it('is seen by all windows, whatever else lies in the folder', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'standbys-'));
    const store = new StandbyStore(path.join(folder, 'new'));
    assert.deepEqual(await store.readAll(), []);
    await store.write(standby);
    await store.write({ ...standby, last });
    await writeFile(path.join(folder, 'new', 'broken.json'), '{');
    await writeFile(path.join(folder, 'new', 'newer.json'), JSON.stringify({ ...standby, format: 2 }));
    assert.deepEqual(await new StandbyStore(path.join(folder, 'new')).readAll(), [{ ...standby, last }]);
    await store.remove(standby.id);
    assert.deepEqual([await store.readAll(), await store.read(standby.id)], [[], undefined]);
    await rm(folder, { recursive: true });
  });
});
