import assert from 'node:assert/strict';
import type { Volume } from '../../src/core/engine';
import { never } from '../fixtures/engine';
import { rejectsWith } from '../fixtures/failures';
import { assertSameTree, Operations } from '../fixtures/operations';

const fill = `
import os
os.makedirs('/data/base/1')
for i in range(300):
    with open(f'/data/base/1/{i}', 'wb') as f: f.write(os.urandom(5000))
with open(b'/data/\\xff\\xfe name\\n\\x1b', 'wb') as f: f.write(b'bytes')
os.link('/data/base/1/7', '/data/linked')
os.symlink('base/1', '/data/current')
with open('/data/sparse', 'wb') as f: f.truncate(50_000_000); f.seek(40_000_000); f.write(b'end')
os.setxattr('/data/base', 'user.note', b'\\x00\\xff')
os.chown('/data/base/1/3', 999, 4294967294)
os.utime('/data/base/1/5', ns=(1, -2177452800123456789))
os.chown('/data', 999, 999); os.chmod('/data', 0o1770)
`;

const change = `
import os
os.remove('/data/current'); os.mkdir('/data/current')
open('/data/current/new', 'w').write('x')
s = os.stat('/data/base/1/9')
with open('/data/base/1/9', 'r+b') as f: f.write(b'HIDDEN')
os.utime('/data/base/1/9', ns=(s.st_atime_ns, s.st_mtime_ns))
os.remove('/data/base/1/10')
`;

describe('volumes as copies of others', function () {
  let ops: Operations;
  let source: Volume;
  before(async () => void (ops = await Operations.connect()));
  after(async () => ops[Symbol.asyncDispose]());
  beforeEach(async () => {
    source = await ops.test.createVolume(undefined, {}, { team: 'blue', 'com.docker.compose.project': 'shop' });
    await ops.python(source, fill);
  });
  afterEach(() => ops.assertNothingLeft());

  const record = () => ops.records.at(-1)!;

  it('a clone has every byte and its labels, is one moment of a running app, and its own snapshots copy nothing anew', async () => {
    await ops.test.startContainer([source], { command: ['sh', '-c', 'sleep infinity'] });
    const whole = await ops.treeOf(source);
    const clone = await ops.clone(source, 'clone');
    assertSameTree(await ops.treeOf(clone), whole);
    assert.deepEqual([clone.driver, clone.labels['team']], ['local', 'blue']);
    assert.equal(clone.labels['com.docker.compose.project'], undefined, 'Compose must not take it as its own');
    assert.ok(record().downtimeMs > 0 && record().phases.some(({ name }) => name === 'switch'));
    const own = await ops.snapshot(clone);
    assert.equal(own.addedBytes, 0);

    // Neither of the two needs the snapshots of the other one.
    for (const id of await ops.snapshotIds(source)) {
      const [found] = (await ops.test.engine.readCatalog(never)).snapshots.filter((each) => each.id === id);
      await ops.delete(found!);
    }
    assertSameTree(await ops.treeOfSnapshot(own), whole);
  });

  it('a sync makes the target equal, moves only what differs, and can be undone', async () => {
    const target = await ops.clone(source, 'target');
    await ops.test.run(target, ['sh', '-c', 'rm /data/linked; echo mine > /data/own']);
    const before = await ops.treeOf(target);
    await ops.python(source, change);
    const user = await ops.test.startContainer([target]);
    const { restarted, volumes } = await ops.sync(source, target);
    assertSameTree(await ops.treeOf(target), await ops.treeOf(source));
    assert.equal(restarted.length, 1);
    assert.equal(await ops.test.stateOf(user), 'running');
    // Two of the source's files and its snapshot's copies of them; the safety snapshot copies the one new file.
    assert.ok(record().bytesMoved < 30_000, `${record().bytesMoved} bytes moved`);
    await ops.restore(target, volumes[0]!.safety);
    assertSameTree(await ops.treeOf(target), before);
  });

  it('a sync that looks like an accident changes nothing before somebody has said so', async () => {
    const empty = await ops.test.createVolume();
    const whole = await ops.treeOf(source);
    const user = await ops.test.startContainer([source]);
    const { lastRun } = await ops.test.engine.inspectContainer(user, never);
    const { details } = await rejectsWith('syncHalted', ops.sync(empty, source));
    assert.equal(details.why.rule, 'sourceEmpty');
    await ops.test.run(empty, ['sh', '-c', 'echo x > /data/one']);
    assert.equal((await rejectsWith('syncHalted', ops.sync(empty, source))).details.why.rule, 'mostWouldGo');
    assertSameTree(await ops.treeOf(source), whole);
    assert.deepEqual((await ops.test.engine.inspectContainer(user, never)).lastRun, lastRun, 'not even stopped');
    assert.deepEqual(await ops.snapshotIds(source), [], 'nothing of it is left');

    await ops.sync(empty, source, { evenSo: true });
    assertSameTree(await ops.treeOf(source), await ops.treeOf(empty));
    await rejectsWith('volumesAreOne', ops.sync(source, source));
    const typo = { ...source, name: ops.test.name('typo') };
    await rejectsWith('volumeNotFound', ops.sync(source, typo));
    await rejectsWith('volumeNotFound', ops.sync(typo, source));
    const names = (await ops.test.engine.listVolumes(never)).map(({ name }) => name);
    assert.ok(!names.includes(typo.name), 'a typo never makes a volume');
  });

  it('a sync has one moment of a source that changes all the while', async () => {
    // Two counters replaced one after the other: at any moment the first is at most one ahead.
    const replace = (name: string) => `echo $i > /data/new; mv /data/new /data/${name}`;
    const write = `i=0; while :; do i=$((i+1)); ${replace('a')}; ${replace('b')}; done`;
    const target = await ops.test.createVolume();
    const writer = await ops.test.startContainer([source], { command: ['sh', '-c', write] });
    await ops.sync(source, target);
    await ops.test.docker.getContainer(writer).kill();
    const [a, b] = (await ops.test.run(target, ['cat', '/data/a', '/data/b'])).toString().split('\n').map(Number);
    assert.ok(a! - b! === 0 || a! - b! === 1, `${a} ${b}`);
  });
});
