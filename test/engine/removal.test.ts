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

  it('keeps its snapshot when it is not known what the engine has done, and is done when the volume is gone', async () => {
    const volume = await ops.test.createVolume();
    await ops.test.run(volume, ['sh', '-c', fill]);
    const whole = await ops.treeOf(volume);
    const notAnswering = new Failure('engineNotAnswering', { endpoint: 'the engine', seconds: 60 });
    const remove = (removeVolume: (name: string) => Promise<void>) => {
      const host = { ...ops.host, engine: failing(ops.test.engine, { removeVolume }) };
      const request = { volume, purpose: 'remove' as const, keeps: true };
      return ops.run('remove', volume.name, (run) => operations.removeVolume(host, request, run));
    };
    await rejectsWith(
      'engineNotAnswering',
      remove(() => Promise.reject(notAnswering)),
    );
    const [kept] = await ops.snapshotIds(volume);
    assert.ok(kept, 'the way back');
    const snapshot = await remove(async (name) => {
      await ops.test.engine.removeVolume(name);
      throw notAnswering;
    });
    assert.equal(await isThere(volume.name), false);
    assert.equal(await ops.bringBack(snapshot!), true);
    assertSameTree(await ops.treeOf(volume), whole);
  });

  it('leaves alone what its snapshot cannot hold, and whose files a container has by another way', async function () {
    const { facts } = ops.test.engine.connection;
    if (!existsSync(facts.rootFolder)) this.skip(); // the engine is on another machine
    const volume = await ops.test.createVolume();
    await ops.test.run(volume, ['sh', '-c', fill]);
    await ops.test.run(volume, ['mknod', '/data/a/whiteout', 'c', '0', '0']); // as an engine in a container has them
    const { details } = await rejectsWith('snapshotNotWhole', ops.remove(volume));
    assert.deepEqual(
      details.losses.map(({ kind }) => kind),
      ['overlay'],
    );
    await rejectsWith(
      'snapshotNotWhole',
      ops.run('rename', volume.name, (run) =>
        operations.renameVolume(ops.host, { volume, name: ops.test.name('lossy') }, run),
      ),
    );
    assert.deepEqual([await isThere(volume.name), await isThere(ops.test.name('lossy'))], [true, false]);
    assert.ok(await ops.remove(volume, { evenSo: true }));

    const bound = await ops.test.createVolume();
    await ops.test.startContainer([], { name: 'binds', Binds: [`${bound.mountpoint}:/data`] });
    const { details: use } = await rejectsWith('volumeInUse', ops.remove(bound));
    assert.deepEqual(use.containers, [ops.test.name('binds')]);
    assert.ok(await isThere(bound.name));
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
    let whole = await ops.treeOf(volume);
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

    // Written to while it was copied: the copy would lack it.
    const late = failing(ops.test.engine, {
      openHelper: async (request, signal) => {
        if (request.operation === 'previewRestore') await ops.test.run(volume, ['sh', '-c', 'echo late > /data/late']);
        return ops.test.engine.openHelper(request, signal);
      },
    });
    await rejectsWith('volumeChangedMeanwhile', rename({ ...ops.host, engine: late }));
    assert.deepEqual([await isThere(volume.name), await isThere(name)], [true, false]);
    await ops.test.run(volume, ['rm', '/data/late']);
    whole = await ops.treeOf(volume);
    // Nobody knows what the engine has done: then both stay.
    const timedOut = new Failure('engineNotAnswering', { endpoint: 'the engine', seconds: 60 });
    const hanging = failing(ops.test.engine, { removeVolume: () => Promise.reject(timedOut) });
    await rejectsWith('oldVolumeStays', rename({ ...ops.host, engine: hanging }));
    assert.deepEqual([await isThere(volume.name), await isThere(name)], [true, true]);
    await ops.test.engine.removeVolume(name);

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
