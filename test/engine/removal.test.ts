import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Failure, isFailure } from '../../src/core/failure';
import * as operations from '../../src/core/operations';
import { unusedVolumes } from '../../src/core/unusedVolumes';
import { never } from '../fixtures/engine';
import { failing } from '../fixtures/failingEngine';
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

  it('under another name a volume is the same, and the old name is free; one that is used by then stays as it was', async () => {
    const labels = { team: 'blue', 'com.docker.compose.project': 'shop' };
    const volume = await ops.test.createVolume(undefined, {}, labels);
    await ops.test.run(volume, ['sh', '-c', fill]);
    const whole = await ops.treeOf(volume);
    const name = ops.test.name('renamed');
    const rename = (host = ops.host) =>
      ops.run('rename', name, (run) => operations.renameVolume(host, { volume, name }, run));

    const inUse = new Failure('engineError', { status: 409, message: 'volume is in use' });
    const removeVolume = (which: string) =>
      which === volume.name ? Promise.reject(inUse) : ops.test.engine.removeVolume(which);
    await rejectsWith('volumeInUse', rename({ ...ops.host, engine: failing(ops.test.engine, { removeVolume }) }));
    assert.deepEqual([await isThere(volume.name), await isThere(name)], [true, false]);
    assert.deepEqual(await ops.snapshotIds({ ...volume, name }), []);
    assertSameTree(await ops.treeOf(volume), whole);

    const { volume: renamed } = await rename();
    assert.deepEqual([await isThere(volume.name), renamed.name], [false, name]);
    assert.deepEqual({ ...renamed.labels, ...labels }, renamed.labels);
    assertSameTree(await ops.treeOf(renamed), whole);
  });

  it('only takes what was listed as unused, and only while the engine says so', async () => {
    const [used, free, later] = [
      await ops.test.createVolume(),
      await ops.test.createVolume(),
      await ops.test.createVolume(),
    ];
    await ops.test.createContainer([used], { name: 'has-one' });
    const list = async () => {
      const { engine } = ops.test;
      const [volumes, containers, dangling] = await Promise.all([
        engine.listVolumes(never),
        engine.listContainers(never),
        engine.listDangling(never),
      ]);
      const { unused } = unusedVolumes({ volumes, containers, dangling });
      return unused.map(({ volume }) => volume).filter(({ name }) => name.startsWith(ops.test.prefix));
    };
    const listed = (await list()).filter(({ name }) => [used, free, later].some((each) => each.name === name));
    assert.deepEqual(listed.map(({ name }) => name).sort(), [free.name, later.name].sort());

    // Since it was listed, one has got a user, and another one has come.
    await ops.test.createContainer([later], { name: 'has-another' });
    const fresh = await ops.test.createVolume();
    for (const volume of listed) {
      await ops
        .remove(volume, { purpose: 'prune' })
        .catch((error: unknown) => assert.ok(isFailure(error, 'volumeInUse')));
    }
    const left = [used, free, later, fresh].map(({ name }) => isThere(name));
    assert.deepEqual(await Promise.all(left), [true, false, true, true]);
  });
});
