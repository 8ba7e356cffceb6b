import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { never } from '../fixtures/engine';
import { rejectsWith } from '../fixtures/failures';
import { assertSameTree, Operations } from '../fixtures/operations';

const fill = 'mkdir -p /data/a/b; echo one > /data/a/b/one; chown 999:999 /data; chmod 1750 /data; ln -s a /data/link';

describe('removing volumes', function () {
  let ops: Operations;
  before(async () => void (ops = await Operations.connect()));
  after(async () => ops[Symbol.asyncDispose]());
  afterEach(() => ops.assertNothingLeft());

  const isThere = async (name: string) =>
    (await ops.test.engine.listVolumes(never)).some((volume) => volume.name === name);

  it('takes a snapshot first, by which the volume comes back as it was, with its labels', async () => {
    const labels = { team: 'blue', 'com.docker.compose.project': 'shop', 'com.docker.compose.volume': 'db' };
    const volume = await ops.test.createVolume(undefined, {}, labels);
    await ops.test.run(volume, ['sh', '-c', fill]);
    const whole = await ops.treeOf(volume);
    const kept = await ops.remove(volume);
    assert.equal(await isThere(volume.name), false);
    assert.deepEqual([kept?.kind, kept?.purpose], ['safety', 'remove']);
    assert.equal(await ops.bringBack(kept!), true);
    const back = await ops.test.engine.inspectVolume(volume.name, never);
    assert.deepEqual({ ...back.labels, ...labels }, back.labels);
    assertSameTree(await ops.treeOf(back), whole);
    await rejectsWith('volumeExists', ops.bringBack(kept!));

    // Unless the user says not.
    assert.equal(await ops.remove(back, { keeps: false }), undefined);
    assert.deepEqual(await ops.snapshotIds(volume), [kept!.id]);
  });

  it('leaves alone what a container uses, also a stopped one, and what is not what was shown', async () => {
    const volume = await ops.test.createVolume();
    await ops.test.createContainer([volume], { name: 'stopped' });
    const error = await rejectsWith('volumeInUse', ops.remove(volume));
    assert.deepEqual(error.details.containers, [ops.test.name('stopped')]);
    assert.deepEqual(await ops.snapshotIds(volume), [], 'nobody needs a snapshot of it');
    await rejectsWith('volumeRecreated', ops.remove({ ...volume, made: 'another time' }));
    assert.ok(await isThere(volume.name));
    const typo = ops.test.name('typo');
    await rejectsWith('volumeNotFound', ops.remove({ ...volume, name: typo }));
    assert.equal(await isThere(typo), false, 'nothing is made');
  });

  it('whose data lies elsewhere removes no data, and brings the volume back on the same data', async function () {
    const { facts } = ops.test.engine.connection;
    if (!existsSync(facts.rootFolder)) this.skip(); // the engine is on another machine
    const folder = await mkdtemp(path.join(tmpdir(), 'elsewhere-'));
    await writeFile(path.join(folder, 'file'), 'data');
    const volume = await ops.test.createVolume(undefined, { type: 'none', o: 'bind', device: folder });
    const kept = await ops.remove(volume);
    await writeFile(path.join(folder, 'file'), 'newer');
    assert.equal(await ops.bringBack(kept!), false);
    const back = await ops.test.engine.inspectVolume(volume.name, never);
    assert.deepEqual(back.options, volume.options);
    assert.equal((await ops.test.run(back, ['cat', '/data/file'])).toString(), 'newer');
    await rm(folder, { recursive: true });
  });

  it('and emptying one keeps the volume, its users and its root folder, and can be undone', async () => {
    const volume = await ops.test.createVolume();
    await ops.test.run(volume, ['sh', '-c', fill]);
    const user = await ops.test.startContainer([volume]);
    const whole = await ops.treeOf(volume);
    const { volumes, restarted } = await ops.empty(volume);
    const [root, ...others] = (await ops.treeOf(volume)) as { mode: number; uid: number }[];
    const [before] = whole as { mode: number; uid: number }[];
    assert.deepEqual([others, root?.mode, root?.uid], [[], before?.mode, before?.uid]);
    assert.deepEqual([restarted.length, await ops.test.stateOf(user)], [1, 'running']);
    const { safety } = volumes[0]!;
    assert.deepEqual([safety.purpose, await ops.snapshotIds(volume)], ['empty', [safety.id]]);
    const { waysBack } = await ops.test.engine.readCatalog(never);
    assert.deepEqual(
      waysBack.filter((each) => each.volume === volume.name).map((each) => each.safety),
      [safety.id],
    );
    await ops.restore(volume, safety);
    assertSameTree(await ops.treeOf(volume), whole);
  });
});
