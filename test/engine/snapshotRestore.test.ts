import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Volume } from '../../src/core/engine';
import * as operations from '../../src/core/operations';
import { never } from '../fixtures/engine';
import { failing } from '../fixtures/failingEngine';
import { rejectsWith } from '../fixtures/failures';
import { assertSameTree, Operations } from '../fixtures/operations';

const fill = `
import os
os.makedirs('/data/base/1')
for i in range(200):
    with open(f'/data/base/1/{i}', 'wb') as f: f.write(os.urandom(5000))
with open(b'/data/\\xff\\xfe name\\n\\x1b', 'wb') as f: f.write(b'bytes')
os.link('/data/base/1/7', '/data/linked')
os.symlink('base/1', '/data/current')
with open('/data/sparse', 'wb') as f: f.truncate(50_000_000); f.seek(40_000_000); f.write(b'end')
os.setxattr('/data/base', 'user.note', b'\\x00\\xff')
os.chown('/data/base/1/3', 999, 4294967294)
os.chmod('/data/base/1/4', 0o4750)
os.utime('/data/base/1/5', ns=(1, -2177452800123456789))
os.chown('/data', 999, 999); os.chmod('/data', 0o1770)
os.utime('/data', ns=(1, 1500000000123456789))
`;

const damage = `
import os, shutil
shutil.rmtree('/data/base')
os.remove('/data/linked'); os.remove('/data/current'); os.mkdir('/data/current')
open('/data/current/new', 'w').write('x')
os.chmod('/data', 0o755); os.chown('/data', 0, 0)
`;

describe('snapshot and restore on a real engine', function () {
  let ops: Operations;
  let volume: Volume;
  before(async () => void (ops = await Operations.connect()));
  after(async () => ops[Symbol.asyncDispose]());
  beforeEach(async () => {
    volume = await ops.test.createVolume();
    await ops.python(volume, fill);
  });
  afterEach(() => ops.assertNothingLeft());

  it('brings every byte back, and what was before the restore as well', async () => {
    const whole = await ops.treeOf(volume);
    const snapshot = await ops.snapshot(volume);
    await ops.python(volume, damage);
    const damaged = await ops.treeOf(volume);
    assert.notDeepEqual(damaged, whole);
    const { safety, volumes } = await ops.restore(volume, snapshot);
    assertSameTree(await ops.treeOf(volume), whole);
    const { filesMoved, bytesMoved } = ops.records.at(-1)!;
    const { switched } = volumes[0]!;
    assert.deepEqual([filesMoved, bytesMoved], [switched.writtenFiles, switched.writtenBytes]); // none of the safety snapshot
    await ops.restore(volume, safety);
    assertSameTree(await ops.treeOf(volume), damaged);
  });

  it('removes old safety snapshots, and what is left can be restored', async () => {
    const snapshot = await ops.snapshot(volume);
    await ops.python(volume, damage);
    const damaged = await ops.treeOf(volume);
    const first = await ops.restore(volume, snapshot);
    const second = await ops.restore(volume, first.safety);
    await ops.changeNote(second.safety, 'mine');
    const third = await ops.restore(volume, snapshot);
    const policy = { keepDays: 0, keepCount: 1, maxDays: 0, trashDays: 0 };
    const pruned = await ops.run('retention', volume.name, (run) =>
      operations.pruneSafety(ops.host, { volume: volume.name, policy }, run),
    );
    assert.deepEqual(
      pruned.map(({ id }) => id),
      [first.safety.id],
    );
    const left = [snapshot, second.safety, third.safety].map(({ id }) => id);
    assert.deepEqual((await ops.snapshotIds(volume)).sort(), left.sort());
    await ops.restore(volume, third.safety);
    assertSameTree(await ops.treeOf(volume), damaged);
  });

  it('keeps earlier snapshots as they were after later ones, restores and deletes', async () => {
    const trees = [await ops.treeOf(volume)];
    const snapshots = [await ops.snapshot(volume)];
    for (const change of ["open('/data/base/1/1','wb').write(b'new')", 'import os; os.remove("/data/base/1/2")']) {
      await ops.python(volume, change);
      trees.push(await ops.treeOf(volume));
      snapshots.push(await ops.snapshot(volume));
    }
    await ops.restore(volume, snapshots[0]!);
    await ops.delete(snapshots[1]!);
    assertSameTree(await ops.treeOfSnapshot(snapshots[0]!), trees[0]!);
    assertSameTree(await ops.treeOfSnapshot(snapshots[2]!), trees[2]!);
    assert.ok(!(await ops.snapshotIds(volume)).includes(snapshots[1]!.id));
    await rejectsWith('snapshotNotFound', ops.restore(volume, snapshots[1]!));
  });

  it('copies in a repeat snapshot only what changed', async () => {
    const first = await ops.snapshot(volume);
    // In the root folder too: Docker 20.10 then says that the volume was created now.
    await ops.python(volume, "open('/data/base/1/1','wb').write(b'changed'); open('/data/new','w').close()");
    const second = await ops.snapshot(volume);
    assert.ok(first.addedBytes > 1_000_000 && second.addedBytes === 7, `${first.addedBytes}, ${second.addedBytes}`);
    assert.equal(second.parent, first.id);
    const record = ops.records.at(-1)!;
    assert.deepEqual([record.kind, record.outcome, record.filesMoved], ['snapshot', 'done', 2]);
    const sum = record.phases.reduce((total, { ms }) => total + ms, 0);
    assert.ok(Math.abs(sum - record.totalMs) < 0.02 * record.totalMs, `${sum} of ${record.totalMs}`);
  });

  it('has a change whose size and mtime were put back', async () => {
    await ops.snapshot(volume);
    const change = `
import os
s = os.stat('/data/base/1/9')
with open('/data/base/1/9', 'r+b') as f: f.write(b'HIDDEN')
os.utime('/data/base/1/9', ns=(s.st_atime_ns, s.st_mtime_ns))`;
    await ops.python(volume, change);
    const changed = await ops.treeOf(volume);
    assertSameTree(await ops.treeOfSnapshot(await ops.snapshot(volume)), changed);
  });

  it('pauses a writing container for a moment, and holds one moment of its data', async () => {
    // Two counters replaced one after the other: at any moment the first is at most one ahead.
    const replace = (name: string) => `echo $i > /data/new; mv /data/new /data/${name}`;
    const write = `i=0; while :; do i=$((i+1)); ${replace('a')}; ${replace('b')}; done`;
    const id = await ops.test.startContainer([volume], { command: ['sh', '-c', write] });
    const snapshot = await ops.snapshot(volume);
    assert.equal(await ops.test.stateOf(id), 'running');
    assert.equal(snapshot.consistency, 'paused');
    assert.deepEqual(snapshot.users.length, 1);
    assert.ok(snapshot.frozenMs > 0 && snapshot.frozenMs < 5000, `${snapshot.frozenMs} ms`);
    const copy = await ops.restoreToNew(snapshot, ops.test.name('moment'));
    const [a, b] = (await ops.test.run(copy, ['cat', '/data/a', '/data/b'])).toString().split('\n').map(Number);
    assert.ok(a! - b! === 0 || a! - b! === 1, `${a} ${b}`);
    assert.ok(ops.records.find(({ downtimeMs }) => downtimeMs > 0));
  });

  it('leaves a container alone when the snapshot is to be live, and says so', async () => {
    const id = await ops.test.startContainer([volume]);
    const snapshot = await ops.snapshot(volume, { consistency: 'live' });
    assert.deepEqual([snapshot.consistency, snapshot.frozenMs], ['live', 0]);
    assert.equal(await ops.test.stateOf(id), 'running');
  });

  it('stops what runs, and starts that again and nothing else', async () => {
    const running = await ops.test.startContainer([volume], { RestartPolicy: { Name: 'always' } });
    const stopped = await ops.test.createContainer([volume]);
    const snapshot = await ops.snapshot(volume, { consistency: 'stopped' });
    await ops.python(volume, damage);
    const { restarted } = await ops.restore(volume, snapshot);
    assert.equal(restarted.length, 1);
    assert.deepEqual([await ops.test.stateOf(running), await ops.test.stateOf(stopped)], ['running', 'created']);
    const { restartPolicy } = await ops.test.engine.inspectContainer(running, never);
    assert.equal(restartPolicy.Name, 'always');
  });

  it('lets a container that is stopped for a snapshot take the time it asks for', async () => {
    const slow = 'trap "sleep 3; echo clean > /data/shutdown; exit" TERM; while :; do sleep 0.1; done';
    await ops.test.startContainer([volume], { command: ['sh', '-c', slow] });
    const snapshot = await ops.snapshot(volume, { consistency: 'stopped' });
    const copy = await ops.restoreToNew(snapshot, ops.test.name('clean'));
    assert.equal((await ops.test.run(copy, ['cat', '/data/shutdown'])).toString(), 'clean\n');
  });

  it('makes a new volume from a snapshot, never over an existing one', async () => {
    const snapshot = await ops.snapshot(volume);
    const copy = await ops.restoreToNew(snapshot, ops.test.name('copy'));
    assertSameTree(await ops.treeOf(copy), await ops.treeOf(volume));
    await rejectsWith('volumeExists', ops.restoreToNew(snapshot, volume.name));
    assert.equal((await ops.treeOf(volume)).length, (await ops.treeOf(copy)).length);
  });

  it('brings back a volume that was removed', async () => {
    const whole = await ops.treeOf(volume);
    const snapshot = await ops.snapshot(volume);
    await ops.test.docker.getVolume(volume.name).remove();
    await rejectsWith('volumeNotFound', ops.restore(volume, snapshot));
    const again = await ops.restoreToNew(snapshot, volume.name);
    assertSameTree(await ops.treeOf(again), whole);
    assert.deepEqual(again.labels, volume.labels);
  });

  it('takes a removed and recreated volume for another one', async () => {
    await ops.snapshot(volume);
    await ops.test.docker.getVolume(volume.name).remove();
    const again = await ops.test.createVolume(volume.name.slice(ops.test.prefix.length + 1));
    await ops.python(again, fill);
    const tree = await ops.treeOf(again);
    assertSameTree(await ops.treeOfSnapshot(await ops.snapshot(again)), tree);
  });

  it('takes the longest name that the engine allows', async () => {
    const long = await ops.test.createVolume('n'.repeat(254 - ops.test.prefix.length));
    assert.equal(long.name.length, 255);
    await ops.python(long, fill);
    const whole = await ops.treeOf(long);
    const snapshot = await ops.snapshot(long);
    await ops.python(long, damage);
    await ops.restore(long, snapshot);
    assertSameTree(await ops.treeOf(long), whole);
    assert.equal((await ops.snapshotIds(long)).length, 2);
    await ops.delete(snapshot);
    assert.equal((await ops.snapshotIds(long)).length, 1);
  });

  it('is listed again when the catalog of the store was lost', async () => {
    const snapshot = await ops.snapshot(volume);
    const { facts, names } = ops.test.engine.connection;
    const binds = [`${facts.rootFolder}/${names.storeFolder}:/store`];
    await ops.test.run(undefined, ['rm', '-r', '/store/catalog'], { binds });
    assert.deepEqual(await ops.snapshotIds(volume), [snapshot.id]);
  });

  it('survives that the user prunes everything', async () => {
    const whole = await ops.treeOf(volume);
    const snapshot = await ops.snapshot(volume);
    // What prune does, without pruning what others have on this engine: the holder, then the store's volume.
    for (const name of await ops.test.ownContainerNames()) await ops.test.docker.getContainer(name).remove();
    await ops.test.docker.getVolume(ops.test.engine.connection.names.storeVolume).remove();
    assertSameTree(await ops.treeOfSnapshot(snapshot), whole);
    assert.deepEqual(await ops.snapshotIds(volume), [snapshot.id]);
  });
});

describe('what is refused, before anything is touched', function () {
  let ops: Operations;
  let volume: Volume;
  before(async () => void (ops = await Operations.connect()));
  after(async () => ops[Symbol.asyncDispose]());
  beforeEach(async () => void (volume = await ops.test.createVolume()));
  afterEach(() => ops.assertNothingLeft());

  it('a volume that does not exist; a typo never creates one', async () => {
    const typo = { ...volume, name: `${volume.name}x` };
    await rejectsWith('volumeNotFound', ops.snapshot(typo));
    await rejectsWith('volumeNotFound', ops.test.engine.inspectVolume(typo.name, never));
  });

  it('a second operation on a volume, with the name of the first', async () => {
    await ops.python(volume, 'import os; open("/data/big", "wb").write(os.urandom(200_000_000))');
    let first: Promise<unknown> | undefined;
    const begun = new Promise<void>((resolve) => {
      const request = { volume: volume.name, note: '', consistency: 'paused' as const };
      first = ops.run('snapshot', volume.name, (run) => operations.snapshotVolume(ops.host, request, run), {
        onPhase: (phase) => phase === 'copy' && resolve(),
      });
    });
    await begun;
    await rejectsWith('volumeBusy', ops.snapshot(volume), { operation: 'snapshot' });
    await first;
  });

  it('a restore under a container that stopping would remove', async () => {
    const snapshot = await ops.snapshot(volume);
    const id = await ops.test.startContainer([volume], { AutoRemove: true });
    await rejectsWith('containerWouldBeRemoved', ops.restore(volume, snapshot));
    assert.equal(await ops.test.stateOf(id), 'running');
  });

  it('a freeze that takes longer than its budget; the app runs on', async () => {
    const id = await ops.test.startContainer([volume]);
    const pause = async (container: string) => {
      await sleep(400);
      await ops.test.engine.pause(container);
    };
    const settings = { ...ops.host.settings, freezeBudgetMs: 300 };
    const host = { ...ops.host, settings, engine: failing(ops.test.engine, { pause }) };
    const request = { volume: volume.name, note: '', consistency: 'paused' as const };
    const work = ops.run('snapshot', volume.name, (run) => operations.snapshotVolume(host, request, run));
    await rejectsWith('freezeOverBudget', work);
    assert.equal(await ops.test.stateOf(id), 'running');
    assert.deepEqual(await ops.snapshotIds(volume), []);
  });

  it('a freeze that will clearly take longer than its budget, when the user does not agree to it', async () => {
    const id = await ops.test.startContainer([volume]);
    let asked: operations.LongFreeze | undefined;
    const confirmLongFreeze = async (freeze: operations.LongFreeze) => {
      asked = freeze;
      return false;
    };
    const host = { ...ops.host, settings: { ...ops.host.settings, freezeBudgetMs: 0.01 }, confirmLongFreeze };
    const request = { volume: volume.name, note: '', consistency: 'paused' as const };
    const work = ops.run('snapshot', volume.name, (run) => operations.snapshotVolume(host, request, run));
    await assert.rejects(work, { name: 'Cancelled' });
    assert.equal(asked?.containers.length, 1);
    assert.equal(await ops.test.stateOf(id), 'running');
    assert.deepEqual(await ops.snapshotIds(volume), []);
  });

  it('nothing is left of a snapshot that is cancelled, and no error but the cancel is said', async () => {
    await ops.python(volume, 'import os; open("/data/big", "wb").write(os.urandom(300_000_000))');
    const controller = new AbortController();
    const request = { volume: volume.name, note: '', consistency: 'paused' as const };
    let cancelledAt = 0;
    const work = ops.run('snapshot', volume.name, (run) => operations.snapshotVolume(ops.host, request, run), {
      signal: controller.signal,
      onPhase: (phase) => {
        if (phase !== 'copy' || cancelledAt) return;
        cancelledAt = performance.now();
        controller.abort();
      },
    });
    await assert.rejects(work, { name: 'Cancelled' });
    assert.ok(performance.now() - cancelledAt < 2000, 'settles within 2 s');
    assert.equal(ops.records.at(-1)?.outcome, 'cancelled');
    assert.deepEqual(await ops.snapshotIds(volume), []);
  });
});
