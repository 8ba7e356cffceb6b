import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Volume } from '../../src/core/engine';
import { useDisk } from '../agent/disk';
import { never } from '../fixtures/engine';
import { rejectsWith } from '../fixtures/failures';
import { nextConnection } from '../fixtures/killing/point';
import { assertSameTree, Operations } from '../fixtures/operations';
import { OwnerProcess } from '../fixtures/owner';
import { withAgents } from '../fixtures/withAgents';

/** Files enough that a switch can be met half-way. */
const fill = (content: string) => `
const fs = require('node:fs');
for (let i = 0; i < 1500; i++) fs.writeFileSync('/data/' + i, ${JSON.stringify(content)} + i);
`;

describe('a copy that is interrupted', function () {
  let ops: Operations;
  let source: Volume;
  let target: Volume;
  let wanted: unknown[];
  let original: unknown[];
  before(async () => void (ops = await Operations.connect()));
  after(async () => ops[Symbol.asyncDispose]());
  beforeEach(async () => {
    [source, target] = [await ops.test.createVolume(), await ops.test.createVolume()];
    await ops.test.run(source, ['node', '-e', fill('source')]);
    await ops.test.run(target, ['node', '-e', fill('target')]);
    [wanted, original] = [await ops.treeOf(source), await ops.treeOf(target)];
  });
  afterEach(async () => {
    await ops.assertNothingLeft();
    assertSameTree(await ops.treeOf(source), wanted);
  });

  const killHelper = (volume: { name: string }) =>
    ops.test.docker.getContainer(ops.test.engine.helperName(volume.name)).kill();

  /** Of both volumes: each can be restored, and so is whole. */
  async function assertSnapshotsAreWhole(): Promise<void> {
    const { snapshots } = await ops.test.engine.readCatalog(never);
    for (const snapshot of snapshots.filter(({ volume }) => [source.name, target.name].includes(volume.name))) {
      const isOfSource = snapshot.volume.name === source.name || snapshot.copyOf !== undefined;
      assertSameTree(await ops.treeOfSnapshot(snapshot), isOfSource ? wanted : original);
    }
  }

  it('a helper killed in the switch of a sync: another one finishes it', async () => {
    let killed = false;
    await ops.sync(source, target, {
      evenSo: true,
      onPhase(phase) {
        if (phase === 'switch' && !killed) void killHelper(target).then(() => (killed = true));
      },
    });
    assert.ok(killed);
    assertSameTree(await ops.treeOf(target), wanted);
  });

  it('a helper killed before the switch: nothing was changed, and nothing of the copy is left', async () => {
    const engine = withAgents(ops.test.engine, target, 'restore.prepare', () => killHelper(target));
    await rejectsWith('agentLost', ops.sync(source, target, { evenSo: true, host: { ...ops.host, engine } }));
    await ops.recover();
    assertSameTree(await ops.treeOf(target), original);
    assert.deepEqual(await ops.snapshotIds(target), []);
  });

  for (const at of ['plan', 'switch']) {
    it(`an owner killed in the phase ${at} of a sync: the target is what it was, or equal to the source`, async () => {
      const reports = await mkdtemp(path.join(tmpdir(), 'reports-'));
      const user = await ops.test.startContainer([target]);
      const order = { namespace: ops.test.prefix, volume: target.name, freezeBudgetMs: 10_000, reports };
      await using dying = new OwnerProcess({ ...order, syncFrom: source.name });
      await dying.says(at);
      dying.signal('SIGKILL');
      await nextConnection(ops, reports);
      assert.equal(await ops.test.stateOf(user), 'running');
      const tree = await ops.treeOf(target);
      assertSameTree(tree, at === 'plan' ? original : wanted);
      await assertSnapshotsAreWhole();
      await rm(reports, { recursive: true });
    });
  }

  it('a helper killed while it fills a clone: there is no clone, and no snapshot of it', async () => {
    const clone = { name: ops.test.name('killed-clone') };
    const engine = withAgents(ops.test.engine, clone as Volume, 'restore.switch', () => killHelper(clone));
    await rejectsWith('agentLost', ops.clone(source, 'killed-clone', { host: { ...ops.host, engine } }));
    await rejectsWith('volumeNotFound', ops.test.engine.inspectVolume(clone.name, never));
    assert.deepEqual(await ops.snapshotIds(clone as Volume), []);
  });

  describe('for want of room', () => {
    const disk = useDisk('ext4', 16);

    it('is refused before anything is changed', async function () {
      if (!existsSync(ops.test.engine.connection.facts.rootFolder)) this.skip(); // the engine is on another machine
      const small = await ops.test.createVolume(undefined, { type: 'none', o: 'bind', device: disk.path });
      await ops.test.run(small, ['sh', '-c', 'echo mine > /data/own']);
      await ops.test.run(source, ['sh', '-c', 'head -c 30000000 /dev/urandom > /data/large']);
      const tree = await ops.treeOf(small);
      wanted = await ops.treeOf(source);
      const { details } = await rejectsWith('volumeFull', ops.sync(source, small, { evenSo: true }));
      assert.ok(details.needed > details.free);
      assertSameTree(await ops.treeOf(small), tree);
      assert.deepEqual(await ops.snapshotIds(small), []);
      await ops.test.engine.removeVolume(small.name);
    });
  });
});
