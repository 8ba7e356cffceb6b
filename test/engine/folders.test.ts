import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Volume } from '../../src/core/engine';
import { folderVolumeSpec } from '../../src/core/folderVolumes';
import * as operations from '../../src/core/operations';
import { never } from '../fixtures/engine';
import { rejectsWith } from '../fixtures/failures';
import { assertSameTree, Operations } from '../fixtures/operations';

describe('a folder of this machine', function () {
  let ops: Operations;
  let folder: string;
  let volume: Volume;
  before(async function () {
    ops = await Operations.connect();
    if (!fs.existsSync(ops.test.engine.connection.facts.rootFolder)) this.skip(); // the engine is on another machine
  });
  after(async () => ops[Symbol.asyncDispose]());
  beforeEach(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), `${ops.test.prefix}-`));
    volume = await ops.test.createVolume();
  });
  afterEach(async () => {
    for (const { name, options } of await ops.test.engine.listVolumes(never)) {
      if (options['device']?.startsWith(folder)) await ops.test.engine.removeVolume(name);
    }
    fs.rmSync(folder, { recursive: true });
    await ops.assertNothingLeft();
  });

  const owner = { uid: 4321, gid: 1234 };
  const asVolume = (at: string, root = fs.statSync(at, { bigint: true })) =>
    ops.run('create', at, (run) =>
      operations.folderVolume(ops.host, { folder: at, root: { ino: root.ino, mtime: root.mtimeNs }, owner }, run),
    );
  const owned = (tree: unknown[]) => tree.map((entry) => ({ ...(entry as object), uid: owner.uid, gid: owner.gid }));

  it('becomes equal to a volume, as its owner’s own, can go back, and what is changed there comes back as a change', async () => {
    await ops.test.run(volume, [
      'sh',
      '-c',
      'cd /data; mkdir a; seq 1 20000 > a/big; echo one > a/one; ln a/one two; chown 999 a',
    ]);
    fs.writeFileSync(path.join(folder, 'mine'), 'mine');
    const before = fs.readdirSync(folder);
    const target = await asVolume(folder);
    assert.deepEqual((await asVolume(folder)).name, target.name, 'one volume is enough for a folder');

    const preview = await ops.run('previewSync', target.name, (run) =>
      operations.previewSync(ops.host, { source: volume.name, target: target.name }, run),
    );
    assert.deepEqual([preview.changes.added.entries, preview.changes.removed.entries], [4, 1]);
    const { volumes } = await ops.sync(volume, target, { snapshot: preview.snapshot, evenSo: true });
    assertSameTree(await ops.treeOf(target), owned(await ops.treeOf(volume)));
    assert.equal(fs.statSync(path.join(folder, 'a')).uid, owner.uid);

    fs.writeFileSync(path.join(folder, 'a/one'), 'changed here');
    await ops.sync(target, volume);
    assert.equal((await ops.test.run(volume, ['cat', '/data/two'])).toString(), 'changed here');
    assert.ok(ops.records.at(-1)!.bytesMoved < 2_000, `${ops.records.at(-1)!.bytesMoved} bytes moved`);
    await ops.restore(target, volumes[0]!.safety);
    assert.deepEqual(fs.readdirSync(folder), before);
  });

  it('and files are put into a volume beside what is there, which its containers do not see happen, and can be undone', async () => {
    await ops.test.run(volume, [
      'sh',
      '-c',
      'cd /data; mkdir both; echo old > both/kept; echo old > both/replaced; ln both/replaced also; chown 33:44 .',
    ]);
    const dropped = path.join(folder, 'both');
    fs.mkdirSync(path.join(dropped, 'new'), { recursive: true });
    fs.writeFileSync(path.join(dropped, 'replaced'), 'new');
    fs.writeFileSync(path.join(dropped, 'new/ünï'), 'x');
    fs.writeFileSync(path.join(folder, 'one'), 'one');
    const before = await ops.treeOf(volume);
    const user = await ops.test.startContainer([volume]);
    const items = [dropped, path.join(folder, 'one')];
    const copy = () =>
      ops.run('copyInto', volume.name, (run) => operations.copyInto(ops.host, { volume: volume.name, items }, run));
    const { volumes, restarted } = await copy();
    assert.equal(restarted.length, 1);
    const contents = 'cd /data; cat both/kept both/replaced also both/new/* one; stat -c %u:%g one both/new both';
    const seen = (await ops.test.exec(user, ['sh', '-c', contents])).toString();
    assert.equal(seen, 'old\nnewold\nxone33:44\n33:44\n0:0\n');
    await ops.restore(volume, volumes[0]!.safety);
    assertSameTree(await ops.treeOf(volume), before);

    // A folder in the place of a file: nothing is changed.
    await ops.test.run(volume, ['sh', '-c', 'rm -r /data/both; echo file > /data/both']);
    await rejectsWith('copyConflict', copy(), { path: 'both' });
    assert.equal((await ops.test.run(volume, ['cat', '/data/both'])).toString(), 'file\n');
    await ops.test.docker.getContainer(user).remove({ force: true });
  });

  it('that is mounted in a container becomes a volume of it, with every byte, and stays as it was', async () => {
    fs.mkdirSync(path.join(folder, 'deep'));
    fs.writeFileSync(path.join(folder, 'deep/file'), 'kept');
    fs.utimesSync(path.join(folder, 'deep/file'), 1, 1.123456);
    fs.chownSync(path.join(folder, 'deep'), 999, 44);
    const Binds = [`${folder}:/srv`, `${os.tmpdir()}:/other:ro`];
    const id = await ops.test.startContainer([], { name: 'bound', Binds });
    const spec = { name: ops.test.name('unbound'), driver: 'local', labels: {}, options: {} };
    const persist = () =>
      ops.run('persist', spec.name, (run) => operations.persist(ops.host, { container: id, path: '/srv', spec }, run));
    const before = await ops.test.run(undefined, ['ls', '-lAnR', '/folder'], { binds: [`${folder}:/folder`] });
    const { container, volume: made } = await persist();
    const { mounts } = await ops.test.engine.inspectContainer(container.id, never);
    assert.deepEqual(mounts.map(({ type, name, destination }) => [type, name ?? '', destination]).sort(), [
      ['bind', '', '/other'],
      ['volume', made.name, '/srv'],
    ]);
    assert.equal(
      String(await ops.test.run(made, ['ls', '-lAnR', '/data'])).replaceAll('/data', '/folder'),
      String(await ops.test.run(undefined, ['ls', '-lAnR', '/folder'], { binds: [`${folder}:/folder`] })),
    );
    assert.equal(
      String(await ops.test.run(undefined, ['ls', '-lAnR', '/folder'], { binds: [`${folder}:/folder`] })),
      String(before),
    );
    const all = await ops.test.engine.listVolumes(never);
    assert.ok(!all.some(({ options }) => options['device'] === folder), 'it is a volume no longer than needed');
    await ops.test.removeContainersOf('bound');
  });

  it('that the engine does not see, or sees another one in its place, is none; and nothing is left of it', async () => {
    const other = fs.statSync(os.tmpdir(), { bigint: true });
    await rejectsWith('folderNotOnEngine', asVolume(folder, other));
    const gone = path.join(folder, 'not-there');
    await rejectsWith('folderNotOnEngine', asVolume(gone, other));
    const volumes = await ops.test.engine.listVolumes(never);
    assert.ok(!volumes.some(({ options }) => options['device']?.startsWith(folder)));
  });

  it('has a volume whose name tells which it is', () => {
    const { name, options } = folderVolumeSpec('/home/me/my project', undefined, ['folder.my-project']);
    assert.deepEqual([name, options['device']], ['folder.my-project-2', '/home/me/my project']);
  });
});
