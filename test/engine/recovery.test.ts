import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Readable } from 'node:stream';
import type { FreezeJournal, Volume } from '../../src/core/engine';
import { recover } from '../../src/core/operations';
import { KeptReports } from '../../src/core/recovery/keptReports';
import { nothingRecovered, type RecoveryReport } from '../../src/core/recovery/report';
import type { SnapshotEntry, SnapshotRequest } from '../../src/core/snapshotEntry';
import { never } from '../fixtures/engine';
import { storeOf } from '../fixtures/killing/promises';
import { assertSameTree, Operations } from '../fixtures/operations';
import { OwnerProcess } from '../fixtures/owner';
import { until } from '../fixtures/until';
import type { OwnerOrder } from './owner.main';

/** Files enough that a switch can be met half-way; their size would only cost time. */
const fill = `
const fs = require('node:fs');
for (let i = 0; i < 1500; i++) fs.writeFileSync('/data/' + i, 'content of ' + i);
`;
const scramble = `
const fs = require('node:fs');
for (let i = 0; i < 1500; i++) fs.writeFileSync('/data/' + i, 'scrambled');
fs.mkdirSync('/data/extra');
fs.writeFileSync('/data/extra/file', 'x');
`;

/** Fills a volume, and replaces everything after a snapshot; `whole` is the tree of that. */
async function scrambled(ops: Operations, volume: Volume) {
  await ops.test.run(volume, ['node', '-e', fill]);
  const snapshot = await ops.snapshot(volume);
  const whole = await ops.treeOf(volume);
  await ops.test.run(volume, ['node', '-e', scramble]);
  return { snapshot, whole };
}

describe('whoever dies', function () {
  let ops: Operations;
  let volume: Volume;
  let user: string;
  let reports: string;
  before(async () => void (ops = await Operations.connect()));
  after(async () => ops[Symbol.asyncDispose]());
  beforeEach(async () => {
    reports = await mkdtemp(path.join(tmpdir(), 'reports-'));
    volume = await ops.test.createVolume();
    user = await ops.test.startContainer([volume], { RestartPolicy: { Name: 'always' } });
  });
  afterEach(async () => {
    await ops.test.docker.getContainer(user).remove({ force: true });
    await rm(reports, { recursive: true });
  });

  const state = (expected: string) => async () => (await ops.test.stateOf(user)) === expected;
  const nameOf = async (id: string) => (await ops.test.engine.inspectContainer(id, never)).name;
  const nameOfPolicy = async () => (await ops.test.engine.inspectContainer(user, never)).restartPolicy.Name;
  const helperIsGone = async () =>
    !(await ops.test.ownContainerNames()).includes(ops.test.engine.helperName(volume.name));
  const owner = (order: Partial<OwnerOrder>) =>
    new OwnerProcess({ namespace: ops.test.prefix, volume: volume.name, freezeBudgetMs: 10_000, reports, ...order });

  /** Of an owner that is dead. */
  const journalOf = (action: FreezeJournal['action'], name: string): FreezeJournal => ({
    format: 1,
    operation: action === 'pause' ? 'snapshot' : 'restore',
    volumes: [volume.name],
    action,
    containers: [{ id: user, name, restartPolicy: { Name: '' } }],
    owner: { host: 'elsewhere', pid: 1 },
    helpers: [ops.test.engine.helperName(volume.name)],
    at: new Date().toISOString(),
  });

  /** A restore whose helper is killed when its switch is prepared. */
  async function prepareAndDie(snapshot: SnapshotEntry): Promise<void> {
    const { engine, docker } = ops.test;
    const mounts = { lock: volume.name, volume: { spec: volume, readOnly: false }, store: true };
    await using helper = await engine.openHelper({ operation: 'restore', ...mounts }, never);
    await helper.request('snapshot.begin', { volume }, { signal: never });
    const safety: SnapshotRequest = { kind: 'safety', note: '', consistency: 'stopped', users: [], frozenMs: 0 };
    const goal = { source: volume.name, snapshot: snapshot.id, target: volume };
    await helper.request('restore.prepare', { ...goal, safety }, { signal: never });
    await docker.getContainer(engine.helperName(volume.name)).kill();
    await until(helperIsGone, 5_000, 'helper gone');
  }

  /** What the watchdog leaves for the next window, once it has ended. */
  async function keptReport(): Promise<RecoveryReport> {
    const kept: RecoveryReport[] = [];
    const there = async () => kept.push(...(await new KeptReports(reports).take())) > 0;
    await until(there, 5_000, 'a report');
    assert.deepEqual(await new KeptReports(reports).take(), [], 'it is told once');
    return kept[0]!;
  }

  it('an owner killed while containers are paused: they run again within 5 s', async () => {
    await using dying = owner({ dawdleMs: 10_000 });
    await dying.says('paused');
    assert.equal(await ops.test.stateOf(user), 'paused');
    dying.signal('SIGKILL');
    await until(state('running'), 5000, 'running again');
    await until(helperIsGone, 5000, 'helper gone');
    assert.deepEqual(await keptReport(), { ...nothingRecovered(), restarted: [await nameOf(user)] });
    await ops.recover();
    await ops.assertNothingLeft();
    assert.deepEqual(await ops.snapshotIds(volume), []);
  });

  it('an owner that hangs while containers are paused: they run again at the deadline', async () => {
    await using hanging = owner({ dawdleMs: 1500, freezeBudgetMs: 1000 });
    await hanging.says('paused');
    hanging.signal('SIGSTOP');
    assert.equal(await ops.test.stateOf(user), 'paused');
    await until(state('running'), 5000, 'running again');
    hanging.signal('SIGCONT');
    assert.match(await hanging.end(), /^freeze(OverBudget|Undone)$/);
    assert.deepEqual(await ops.snapshotIds(volume), []);
    await ops.recover();
    await ops.assertNothingLeft();
  });

  it('an owner killed in the switch: the agent finishes it, and the containers start', async () => {
    const { snapshot, whole } = await scrambled(ops, volume);
    await using dying = owner({ restore: snapshot });
    await dying.says('switch');
    dying.signal('SIGKILL');
    await until(state('running'), 20_000, 'running again');
    assert.ok(await helperIsGone());
    assertSameTree(await ops.treeOf(volume), whole);
    const { restartPolicy } = await ops.test.engine.inspectContainer(user, never);
    assert.equal(restartPolicy.Name, 'always');
    const told = { ...nothingRecovered(), restarted: [await nameOf(user)], finished: [volume.name] };
    assert.deepEqual(await keptReport(), told);
    assert.deepEqual(await ops.recover(), nothingRecovered());
    await ops.assertNothingLeft();
  });

  it('an owner killed while a container takes its time to stop: it is started once it has', async () => {
    const { snapshot } = await scrambled(ops, volume);
    const command = ['sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done'];
    const slow = await ops.test.startContainer([volume], { command });
    const filters = { container: [slow], event: ['kill'] };
    const asked = (await ops.test.docker.getEvents({ filters })) as Readable;
    await using dying = owner({ restore: snapshot, stopGraceSeconds: 4 });
    await once(asked, 'data');
    asked.destroy();
    dying.signal('SIGKILL');
    const startedAgain = async () => {
      const { state, lastRun } = await ops.test.engine.inspectContainer(slow, never);
      return state === 'running' && lastRun.endedAt !== undefined;
    };
    await until(startedAgain, 20_000, 'started again');
    const { restarted, notDone } = await keptReport();
    assert.ok(restarted.includes(await nameOf(slow)));
    assert.deepEqual(notDone, [volume.name]);
    assert.equal(await ops.test.stateOf(slow), 'running');
    await ops.assertNothingLeft();
    await ops.test.docker.getContainer(slow).remove({ force: true });
  });

  it('an owner killed in the switch of a volume that nothing uses: recovery tells that the agent finished it', async () => {
    const { snapshot, whole } = await scrambled(ops, volume);
    await ops.test.engine.stop(user, 0);
    await using dying = owner({ restore: snapshot });
    await dying.says('switch');
    dying.signal('SIGKILL');
    await until(helperIsGone, 20_000, 'helper gone');
    assert.deepEqual(await ops.recover(), { ...nothingRecovered(), finished: [volume.name] });
    assertSameTree(await ops.treeOf(volume), whole);
    assert.deepEqual(await ops.recover(), nothingRecovered(), 'it is told once');
    await ops.assertNothingLeft();
  });

  it('an owner that hangs in the switch: the containers start without it, and it touches nothing when it wakes', async () => {
    const { snapshot, whole } = await scrambled(ops, volume);
    await using hanging = owner({ restore: snapshot });
    await hanging.says('switch');
    hanging.signal('SIGSTOP');
    await until(state('running'), 90_000, 'running again');
    // What people do from now on is theirs.
    await until(async () => (await nameOfPolicy()) === 'always', 5_000, 'all is put back');
    await ops.test.engine.stop(user, 0);
    hanging.signal('SIGCONT');
    await hanging.end();
    assert.equal(await ops.test.stateOf(user), 'exited');
    assertSameTree(await ops.treeOf(volume), whole);
    await ops.recover();
    await ops.assertNothingLeft();
  });

  it('whoever prepared a switch, and the volume is used before recovery: what was written then is in a snapshot', async () => {
    const { engine, docker } = ops.test;
    const { snapshot, whole } = await scrambled(ops, volume);
    await prepareAndDie(snapshot);
    await docker.getContainer(user).restart({ t: 0 });
    await ops.test.exec(user, ['sh', '-c', 'echo precious > /data/orders']);
    await docker.getContainer(user).stop({ t: 0 });
    assert.deepEqual((await ops.recover()).finished, [volume.name]);
    assertSameTree(await ops.treeOf(volume), whole);
    const { snapshots } = await engine.readCatalog(never);
    const newest = snapshots
      .filter((each) => each.volume.name === volume.name)
      .sort((a, b) => b.sequence - a.sequence)[0]!;
    const paths = (await ops.treeOfSnapshot(newest)).map((entry) => (entry as { path: string }).path);
    assert.ok(paths.includes('orders'));
    await ops.assertNothingLeft();
  });

  it('whoever prepared a switch that cannot be finished: it is taken back, the containers start, and that is told', async () => {
    const { snapshot } = await scrambled(ops, volume);
    await ops.test.engine.stop(user, 0);
    const before = await ops.treeOf(volume);
    await prepareAndDie(snapshot);
    const { name } = await ops.test.engine.inspectContainer(user, never);
    await ops.test.engine.openJournal(journalOf('stop', name), 0, never);
    rmSync(path.join(storeOf(ops), 'volumes', volume.name, 'objects', snapshot.id), { recursive: true });
    assert.deepEqual(await ops.recover(), { ...nothingRecovered(), restarted: [name], undone: [volume.name] });
    assert.equal(await ops.test.stateOf(user), 'running');
    assertSameTree(await ops.treeOf(volume), before);
    assert.deepEqual(await ops.recover(), nothingRecovered(), 'it is told once');
    await ops.snapshot(volume);
    await ops.assertNothingLeft();
  });

  it('a helper killed in the switch: the owner finishes it with a new one', async () => {
    const { snapshot, whole } = await scrambled(ops, volume);
    await using living = owner({ restore: snapshot });
    await living.says('switch');
    await ops.test.docker.getContainer(ops.test.engine.helperName(volume.name)).kill();
    assert.equal(await living.end(), 'done');
    assertSameTree(await ops.treeOf(volume), whole);
    assert.equal(await ops.test.stateOf(user), 'running');
    await ops.assertNothingLeft();
  });

  it('an owner and its watchdog: recovery lets what they paused run again, and says so', async () => {
    const { name } = await ops.test.engine.inspectContainer(user, never);
    await ops.test.engine.openJournal(journalOf('pause', name), 0, never);
    await ops.test.engine.pause(user);
    assert.deepEqual((await ops.recover()).restarted, [name]);
    assert.equal(await ops.test.stateOf(user), 'running');
    assert.deepEqual((await ops.recover()).restarted, []);
    await ops.assertNothingLeft();
  });

  it('the owner of a restore: recovery tells that it was not carried out, unless it may have been, and for how long it stood still', async () => {
    const snapshot = await ops.snapshot(volume);
    const die = async () => {
      await ops.test.engine.openJournal(journalOf('stop', await nameOf(user)), 0, never);
      await ops.test.engine.stop(user, 0);
    };
    await die();
    let downMs = 0;
    const count = ({ downtimeMs = 0 }) => void (downMs += downtimeMs);
    const seen = { phase() {}, progress() {}, volumes() {}, count };
    const { notDone, restarted } = await recover({ engine: ops.test.engine, seen }, never);
    assert.deepEqual([notDone, restarted], [[volume.name], [await nameOf(user)]]);
    assert.ok(downMs > 0 && downMs < 60_000, String(downMs));
    await ops.restore(volume, snapshot);
    await die();
    assert.deepEqual((await ops.recover()).notDone, []);
    await ops.assertNothingLeft();
  });
});
