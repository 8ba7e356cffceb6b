import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import * as path from 'node:path';
import type { AgentSession } from '../../src/core/agentClient/session';
import type { Volume } from '../../src/core/engine';
import { nothingRecovered } from '../../src/core/recovery/report';
import type { SnapshotEntry, SnapshotRequest } from '../../src/core/snapshotEntry';
import { never } from '../fixtures/engine';
import { storeOf } from '../fixtures/killing/promises';
import { Operations } from '../fixtures/operations';
import { until } from '../fixtures/until';

describe('recovery of volumes whose restore together was decided', () => {
  let ops: Operations;
  let volumes: Volume[];
  let snapshots: SnapshotEntry[];
  before(async () => void (ops = await Operations.connect()));
  after(async () => ops[Symbol.asyncDispose]());
  beforeEach(async () => {
    volumes = [await ops.test.createVolume('a'), await ops.test.createVolume('b')];
    await write('good');
    snapshots = [await ops.snapshot(volumes[0]!), await ops.snapshot(volumes[1]!)];
    await write('bad');
    await decideAndDie();
  });
  afterEach(async () => {
    for (const { name } of volumes) await ops.test.engine.removeVolume(name);
  });

  const write = (text: string) =>
    Promise.all(volumes.map((volume) => ops.test.run(volume, ['sh', '-c', `printf ${text} > /data/file`])));
  const read = () =>
    Promise.all(volumes.map(async (volume) => (await ops.test.run(volume, ['cat', '/data/file'])).toString()));

  async function decideAndDie(): Promise<void> {
    const { engine, docker } = ops.test;
    const group = randomUUID();
    const helpers: AgentSession[] = [];
    for (const [i, volume] of volumes.entries()) {
      const mounts = { lock: volume.name, volume: { spec: volume, readOnly: false }, store: true };
      const helper = await engine.openHelper({ operation: 'restore', ...mounts }, never);
      helpers.push(helper);
      await helper.request('snapshot.begin', { volume }, { signal: never });
      const safety: SnapshotRequest = { kind: 'safety', note: '', consistency: 'stopped', users: [], frozenMs: 0 };
      const goal = { source: volume.name, snapshot: snapshots[i]!.id, target: volume };
      await helper.request('restore.prepare', { ...goal, safety, group }, { signal: never });
    }
    await helpers[0]!.request('restore.decide', { group, direction: 'forward' }, { signal: never });
    for (const { name } of volumes) await docker.getContainer(engine.helperName(name)).kill();
    for (const helper of helpers) await helper[Symbol.asyncDispose]();
    const areGone = async () => {
      const own = await ops.test.ownContainerNames();
      return !volumes.some(({ name }) => own.includes(engine.helperName(name)));
    };
    await until(areGone, 20_000, 'helpers gone');
  }

  it('finishes all of them', async () => {
    const { finished, ...rest } = await ops.recover();
    const { finished: _, ...nothing } = nothingRecovered();
    assert.deepEqual([finished.sort(), rest], [volumes.map(({ name }) => name), nothing]);
    assert.deepEqual(await read(), ['good', 'good']);
    assert.deepEqual(await ops.recover(), nothingRecovered(), 'it is told once');
    await ops.assertNothingLeft();
  });

  for (const damaged of [0, 1]) {
    it(`takes all of them back when one cannot be finished, the ${['first', 'second'][damaged]} one`, async () => {
      const folder = path.join(storeOf(ops), 'volumes', volumes[damaged]!.name, 'objects', snapshots[damaged]!.id);
      rmSync(folder, { recursive: true });
      const { undone, ...rest } = await ops.recover();
      const { undone: _, ...nothing } = nothingRecovered();
      assert.deepEqual([undone.sort(), rest], [volumes.map(({ name }) => name), nothing]);
      assert.deepEqual(await read(), ['bad', 'bad']);
      assert.deepEqual(await ops.recover(), nothingRecovered(), 'it is told once');
      await ops.assertNothingLeft();
    });
  }
});
