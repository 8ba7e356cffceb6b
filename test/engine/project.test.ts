import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Volume } from '../../src/core/engine';
import { Failure } from '../../src/core/failure';
import * as operations from '../../src/core/operations';
import { withVolumesAnew } from '../../src/core/operations/newVolume';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import { never } from '../fixtures/engine';
import { failing } from '../fixtures/failingEngine';
import { rejectsWith } from '../fixtures/failures';
import { Operations } from '../fixtures/operations';
import { until } from '../fixtures/until';
import { withAgents } from '../fixtures/withAgents';

/** Writes the same rising number first to the one volume, then to the other. */
const writer = `n=0
write() { echo $n > $1/new; mv $1/new $1/n; }
while :; do n=$((n+1)); write /data; write /data2; done`;

describe('the volumes of a Compose project', () => {
  let ops: Operations;
  let volumes: Volume[];

  before(async () => (ops = await Operations.connect()));
  after(() => ops[Symbol.asyncDispose]());
  beforeEach(async () => {
    volumes = [await ops.test.createVolume(), await ops.test.createVolume()];
  });
  afterEach(() => ops.assertNothingLeft());

  const snapshotAll = (host = ops.host): Promise<SnapshotEntry[]> => {
    const request = {
      volumes: volumes.map(({ name }) => name),
      note: '',
      consistency: 'paused' as const,
      project: 'shop',
    };
    return ops.run('snapshot', 'shop', (run) => operations.snapshotVolumes(host, request, run));
  };
  const restoreAll = (snapshots: readonly SnapshotEntry[], host = ops.host, gone?: Volume) =>
    ops.run('restore', 'shop', (run) =>
      operations.restoreSnapshots(
        host,
        snapshots.map((snapshot) => {
          const volume = snapshot.volume.name;
          return { snapshot, volume, anew: volume === gone?.name };
        }),
        run,
      ),
    );
  const read = async (volume: Volume) => Number(await ops.test.run(volume, ['cat', '/data/n']));
  const write = (volume: Volume, text: string) => ops.test.run(volume, ['sh', '-c', `echo ${text} > /data/n`]);
  const ids = async () => (await ops.test.engine.readCatalog(never)).snapshots.filter(isOurs).map(({ id }) => id);
  const isOurs = ({ volume }: SnapshotEntry) => volumes.some(({ name }) => name === volume.name);

  it('are taken at one moment, and restored with one stop and one start', async () => {
    const app = await ops.test.startContainer(volumes, { command: ['sh', '-c', writer], Init: false });
    await sleep(300);
    const snapshots = await snapshotAll();
    assert.deepEqual(
      snapshots.map(({ group }) => [group?.project, group?.volumes.length]),
      [
        ['shop', 2],
        ['shop', 2],
      ],
    );
    assert.equal(snapshots[0]!.group!.id, snapshots[1]!.group!.id);
    assert.ok(snapshots[0]!.frozenMs > 0 && snapshots[0]!.frozenMs === snapshots[1]!.frozenMs);

    const starts: string[] = [];
    const start = async (id: string) => {
      starts.push(id);
      // Looked at before the app writes again.
      const [one, two] = [await read(volumes[0]!), await read(volumes[1]!)];
      assert.ok(one === two || one === two + 1, `${one} and ${two} are of one moment`);
      return ops.test.engine.start(id);
    };
    const { volumes: restored, restarted } = await restoreAll(snapshots, {
      ...ops.host,
      engine: failing(ops.test.engine, { start }),
    });
    assert.deepEqual([restored.length, restarted.length, starts], [2, 1, [app]]);
    assert.equal(await ops.test.stateOf(app), 'running');
  });

  it('are none of them listed when one cannot be taken', async () => {
    await write(volumes[0]!, 'one');
    await write(volumes[1]!, 'two');
    const engine = withAgents(ops.test.engine, volumes[1]!, 'snapshot.commit');
    await rejectsWith('agentFailed', snapshotAll({ ...ops.host, engine }));
    assert.deepEqual(await ids(), []);
  });

  it('are all what they were when one of them cannot be switched, also those that were', async () => {
    for (const volume of volumes) await write(volume, '1');
    const snapshots = await snapshotAll();
    for (const volume of volumes) await write(volume, '2');
    const engine = withAgents(ops.test.engine, volumes[1]!, 'restore.switch');
    await rejectsWith('agentFailed', restoreAll(snapshots, { ...ops.host, engine }));
    assert.deepEqual([await read(volumes[0]!), await read(volumes[1]!)], [2, 2]);
    const { volumes: restored } = await restoreAll(snapshots);
    assert.deepEqual([await read(volumes[0]!), await read(volumes[1]!)], [1, 1]);
    await restoreAll(restored.map(({ safety }) => safety));
    assert.deepEqual([await read(volumes[0]!), await read(volumes[1]!)], [2, 2], 'undone together');
    const groups = new Set(restored.map(({ safety }) => `${safety.group?.id} ${safety.group?.project}`));
    assert.deepEqual([groups.size, [...groups][0]?.endsWith(' shop')], [1, true]);
  });

  it('are made anew where they are gone, and gone again when one of them cannot be switched', async () => {
    for (const volume of volumes) await write(volume, '1');
    const snapshots = await snapshotAll();
    const [gone, there] = volumes as [Volume, Volume];
    await ops.test.engine.removeVolume(gone.name);
    await write(there, '2');
    const engine = withAgents(ops.test.engine, there, 'restore.switch');
    await rejectsWith('agentFailed', restoreAll(snapshots, { ...ops.host, engine }, gone));
    await rejectsWith('volumeNotFound', ops.test.engine.inspectVolume(gone.name, never));
    assert.equal(await read(there), 2);
    await restoreAll(snapshots, ops.host, gone);
    assert.deepEqual([await read(gone), await read(there)], [1, 1]);
  });

  it('stay when they were made anew, and the engine is lost when all is switched: that is said', async () => {
    for (const volume of volumes) await write(volume, '1');
    const snapshots = await snapshotAll();
    const [gone, there] = volumes as [Volume, Volume];
    await ops.test.engine.removeVolume(gone.name);
    await write(there, '2');
    const app = await ops.test.startContainer([there]);
    const lose = () => Promise.reject(new Failure('engineLost', {}));
    const losing = (faults: Parameters<typeof failing>[1]) => ({
      ...ops.host,
      engine: failing(ops.test.engine, faults),
    });
    await rejectsWith('engineLost', restoreAll(snapshots, losing({ stop: lose }), gone), { restore: 'notDone' });
    await rejectsWith('volumeNotFound', ops.test.engine.inspectVolume(gone.name, never));
    await rejectsWith('engineLost', restoreAll(snapshots, losing({ start: lose }), gone), { restore: 'done' });
    // By the watchdog, which is not told of the good end.
    const isOver = () =>
      ops.assertNothingLeft().then(
        () => true,
        () => false,
      );
    await until(isOver, 20_000, 'all is put back');
    assert.equal(await ops.test.stateOf(app), 'running');
    assert.deepEqual([await read(gone), await read(there)], [1, 1]);
  });

  it('stay when they were made anew and the restore is still to be finished', async () => {
    const [snapshot] = await snapshotAll();
    await ops.test.engine.removeVolume(volumes[0]!.name);
    const halfWay = () => Promise.reject(new Failure('restoreIncomplete', { volume: volumes[0]!.name }));
    await rejectsWith('restoreIncomplete', withVolumesAnew(ops.host, [snapshot!], halfWay));
    await ops.test.engine.inspectVolume(volumes[0]!.name, never);
  });

  it('stay when they were made anew and somebody has written to them before the restore failed', async () => {
    const snapshots = await snapshotAll();
    await ops.test.engine.removeVolume(volumes[0]!.name);
    const failLate = async () => {
      await write(volumes[0]!, '7');
      throw new Failure('agentFailed', { message: 'later' });
    };
    await rejectsWith('agentFailed', withVolumesAnew(ops.host, [snapshots[0]!], failLate));
    assert.equal(await read(volumes[0]!), 7);
  });

  it("are made anew as people's volumes, whatever labels a snapshot has", async () => {
    const [snapshot] = await snapshotAll();
    await ops.test.engine.removeVolume(volumes[0]!.name);
    const labels = { ...snapshot!.volume.labels, 'dockervolumes.role': 'store', 'dockervolumes.pre': 'true' };
    const foreign = { ...snapshot!, volume: { ...snapshot!.volume, labels } };
    await withVolumesAnew(ops.host, [foreign], () => Promise.resolve());
    const { labels: made } = await ops.test.engine.inspectVolume(volumes[0]!.name, never);
    assert.deepEqual([made['dockervolumes.role'], made['dockervolumes.pre']], [undefined, 'true']);
  });

  it('are all kept as they are when something is written to one just before it is decided', async () => {
    for (const volume of volumes) await write(volume, '1');
    const snapshots = await snapshotAll();
    for (const volume of volumes) await write(volume, '2');
    const late = () => write(volumes[1]!, '3');
    const engine = withAgents(ops.test.engine, volumes[1]!, 'restore.lookOnceMore', late);
    await rejectsWith('volumeChangedMeanwhile', restoreAll(snapshots, { ...ops.host, engine }));
    assert.deepEqual([await read(volumes[0]!), await read(volumes[1]!)], [2, 3]);
  });

  it('are all restored when the helper of one is killed in the middle', async () => {
    for (const volume of volumes) await write(volume, '1');
    const snapshots = await snapshotAll();
    for (const volume of volumes) await write(volume, '2');
    const kill = () => ops.test.docker.getContainer(ops.test.engine.helperName(volumes[1]!.name)).kill();
    const engine = withAgents(ops.test.engine, volumes[1]!, 'restore.switch', kill);
    await restoreAll(snapshots, { ...ops.host, engine });
    assert.deepEqual([await read(volumes[0]!), await read(volumes[1]!)], [1, 1]);
  });

  it('are none of them touched, and used again, when all helpers are killed before it is decided', async () => {
    for (const volume of volumes) await write(volume, '1');
    const snapshots = await snapshotAll();
    for (const volume of volumes) await write(volume, '2');
    const app = await ops.test.startContainer(volumes);
    const helpers = volumes.map(({ name }) => ops.test.docker.getContainer(ops.test.engine.helperName(name)));
    let killed: Promise<unknown> | undefined;
    const kill = () => (killed ??= Promise.all(helpers.map((helper) => helper.kill())));
    const engine = withAgents(ops.test.engine, volumes[0]!, 'restore.decide', kill);
    await rejectsWith('agentLost', restoreAll(snapshots, { ...ops.host, engine }));
    assert.equal(await ops.test.stateOf(app), 'running');
    assert.deepEqual([await read(volumes[0]!), await read(volumes[1]!)], [2, 2]);
  });

  it('are all restored when the helper of one is killed after the switch, while the other is done already', async () => {
    for (const volume of volumes) await write(volume, '1');
    const snapshots = await snapshotAll();
    for (const volume of volumes) await write(volume, '2');
    const kill = async () => {
      await ops.test.docker.getContainer(ops.test.engine.helperName(volumes[1]!.name)).kill();
      await sleep(300); // the other one's answer comes first
    };
    const engine = withAgents(ops.test.engine, volumes[1]!, 'restore.release', kill);
    await restoreAll(snapshots, { ...ops.host, engine });
    assert.deepEqual([await read(volumes[0]!), await read(volumes[1]!)], [1, 1]);
  });
});
