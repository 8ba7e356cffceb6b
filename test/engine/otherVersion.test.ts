import assert from 'node:assert/strict';
import type { Volume } from '../../src/core/engine';
import * as operations from '../../src/core/operations';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import { rejectsWith } from '../fixtures/failures';
import { Operations } from '../fixtures/operations';

/** As much of a cluster as is looked at. */
const cluster = (version: string) =>
  `mkdir -p /data/global && : > /data/global/pg_control && echo ${version} > /data/PG_VERSION`;

describe('data of another major version', function () {
  let ops: Operations;
  let volume: Volume;
  let snapshot: SnapshotEntry;
  before(async () => void (ops = await Operations.connect()));
  after(() => ops[Symbol.asyncDispose]());
  beforeEach(async () => {
    volume = await ops.test.createVolume();
    await ops.test.run(volume, ['sh', '-c', cluster('15')]);
    snapshot = await ops.snapshot(volume);
  });
  afterEach(() => ops.assertNothingLeft());

  /** A container as official images make it. */
  const startServer = (version?: string) =>
    ops.test.startContainer([volume], { env: ['PGDATA=/data', ...(version ? [`PG_MAJOR=${version}`] : [])] });
  const read = async () => (await ops.test.run(volume, ['cat', '/data/PG_VERSION'])).toString().trim();
  const restore = (anyVersion = false) =>
    ops.run('restore', volume.name, (run) =>
      operations.restoreSnapshots(ops.host, [{ snapshot, volume: volume.name, anyVersion }], run),
    );

  it('is not restored under a container whose image is made for another one, before that is stopped', async () => {
    const id = await startServer('17');
    await ops.test.run(volume, ['sh', '-c', cluster('17')]);
    const { details } = await rejectsWith('databaseVersionDiffers', restore(), { volume: volume.name });
    assert.deepEqual([details.then.version, details.now.version], ['15', '17']);
    assert.equal(await ops.test.stateOf(id), 'running');
    assert.equal((await ops.test.docker.getContainer(id).inspect()).RestartCount, 0);
    assert.equal(await read(), '17');
  });

  it('is restored under it once that was confirmed', async () => {
    await startServer('17');
    await ops.test.run(volume, ['sh', '-c', cluster('17')]);
    await restore(true);
    assert.equal(await read(), '15');
  });

  it('is what a stopped container is made for, too', async () => {
    const id = await startServer('17');
    await ops.test.engine.stop(id, 0);
    await rejectsWith('databaseVersionDiffers', restore());
  });

  it('is told by the data that is there, where the image says nothing', async () => {
    await startServer();
    await ops.test.run(volume, ['sh', '-c', cluster('17')]);
    await rejectsWith('databaseVersionDiffers', restore());
  });

  it('is not what an image of the same one says, whatever the data that is there', async () => {
    await startServer('15');
    await ops.test.run(volume, ['sh', '-c', cluster('17')]);
    await restore();
    assert.equal(await read(), '15');
  });

  it("is nobody's where no container uses the volume", async () => {
    await ops.test.run(volume, ['sh', '-c', cluster('17')]);
    await restore();
    assert.equal(await read(), '15');
  });
});
