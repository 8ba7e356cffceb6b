import assert from 'node:assert/strict';
import type { Volume } from '../../src/core/engine';
import * as operations from '../../src/core/operations';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import { Operations } from '../fixtures/operations';
import { withAgents } from '../fixtures/withAgents';

/** A job, a migration: nobody who looks before and after it sees that it ran. */
describe('a container that came and went during a snapshot of volumes that are not in use', function () {
  let ops: Operations;
  let volumes: Volume[];
  before(async () => void (ops = await Operations.connect()));
  after(async () => ops[Symbol.asyncDispose]());
  beforeEach(async () => {
    volumes = [await ops.test.createVolume(), await ops.test.createVolume()];
    for (const volume of volumes) await write(volume, 1);
  });
  afterEach(() => ops.assertNothingLeft());

  const write = (volume: Volume, n: number) =>
    ops.test.run(volume, ['sh', '-c', `echo ${n} | tee /data/index /data/table`]);
  const held = async (snapshot: SnapshotEntry) => {
    const volume = await ops.restoreToNew(snapshot, ops.test.name(`held-${Math.random().toString(36).slice(2, 8)}`));
    const text = await ops.test.run(volume, ['sh', '-c', 'cat /data/*']);
    await ops.test.engine.removeVolume(volume.name);
    return text.toString().trim().split('\n').map(Number);
  };
  /** `job` runs before the agent of a volume looks for the n-th time whether it is still what was copied. */
  const atLook = (volume: Volume, job: (n: number) => Promise<unknown>) => {
    let looks = 0;
    return { ...ops.host, engine: withAgents(ops.test.engine, volume, 'snapshot.prepare', () => job(++looks)) };
  };

  it('is seen by what it wrote, and the volume is looked at again: the snapshot is of one moment', async () => {
    const host = atLook(volumes[0]!, async (n) => n === 1 && (await write(volumes[0]!, 2)));
    const snapshot = await ops.snapshot(volumes[0]!, {}, host);
    assert.deepEqual([snapshot.consistency, snapshot.asked, snapshot.users], ['stopped', undefined, []]);
    assert.deepEqual(await held(snapshot), [2, 2]);
  });

  it('again and again makes it a snapshot that was taken in use, and that is what it says', async () => {
    const host = atLook(volumes[0]!, (n) => write(volumes[0]!, n + 1));
    const snapshot = await ops.snapshot(volumes[0]!, {}, host);
    assert.deepEqual([snapshot.consistency, snapshot.asked], ['live', 'paused']);
    assert.deepEqual(await held(snapshot), [4, 4]);
  });

  it('and is there again is frozen for the next pass', async () => {
    let user = '';
    const start = async () => {
      await write(volumes[0]!, 2);
      user = await ops.test.startContainer([volumes[0]!]);
    };
    const host = atLook(volumes[0]!, async (n) => n === 1 && (await start()));
    const snapshot = await ops.snapshot(volumes[0]!, {}, host);
    assert.deepEqual([snapshot.consistency, snapshot.users.length], ['paused', 1]);
    assert.deepEqual(await held(snapshot), [2, 2]);
    assert.equal(await ops.test.stateOf(user), 'running');
  });

  it('of several volumes has all of them looked at again: they stay of one moment', async () => {
    const names = volumes.map(({ name }) => name);
    const both = async () => {
      for (const volume of volumes) await write(volume, 2);
    };
    const host = atLook(volumes[1]!, async (n) => n === 1 && (await both()));
    const snapshots = await ops.run('snapshot', names[0]!, (run) =>
      operations.snapshotVolumes(host, { volumes: names, note: '', consistency: 'paused' }, run),
    );
    assert.deepEqual(
      snapshots.map(({ consistency }) => consistency),
      ['stopped', 'stopped'],
    );
    assert.deepEqual(
      [await held(snapshots[0]!), await held(snapshots[1]!)],
      [
        [2, 2],
        [2, 2],
      ],
    );
  });
});
