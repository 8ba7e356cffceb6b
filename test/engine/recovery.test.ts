import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureImages } from '../../scripts/testbed/images.mjs';
import { removePrivateEngine, startPrivateEngine } from '../../scripts/testbed/private-engine.mjs';
import type { FreezeJournal, Volume } from '../../src/core/engine';
import { KeptReports } from '../../src/core/recovery/keptReports';
import { nothingRecovered, type RecoveryReport } from '../../src/core/recovery/report';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import { never } from '../fixtures/engine';
import { assertSameTree, Operations } from '../fixtures/operations';
import { OwnerProcess } from '../fixtures/owner';

/** Enough to write that a switch can be met half-way. */
const fill = `
import os
for i in range(4000):
    with open(f'/data/{i}', 'wb') as f: f.write(os.urandom(50000))
`;
const scramble = `
import os
for i in range(4000):
    with open(f'/data/{i}', 'r+b') as f: f.write(b'scrambled')
os.mkdir('/data/extra'); open('/data/extra/file', 'w').write('x')
`;

async function until(condition: () => Promise<boolean>, limitMs: number, what: string): Promise<number> {
  const start = performance.now();
  while (!(await condition())) {
    if (performance.now() - start > limitMs) assert.fail(`not within ${limitMs} ms: ${what}`);
    await sleep(20);
  }
  return performance.now() - start;
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
    await ops.python(volume, fill);
    user = await ops.test.startContainer([volume], { RestartPolicy: { Name: 'always' } });
  });
  afterEach(async () => {
    await ops.test.docker.getContainer(user).remove({ force: true });
    await rm(reports, { recursive: true });
  });

  const state = (expected: string) => async () => (await ops.test.stateOf(user)) === expected;
  const nameOf = async (id: string) => (await ops.test.engine.inspectContainer(id, never)).name;
  const helperIsGone = async () =>
    !(await ops.test.ownContainerNames()).includes(ops.test.engine.helperName(volume.name));
  const owner = (restore?: SnapshotEntry, freezeBudgetMs = 10_000) =>
    new OwnerProcess({
      namespace: ops.test.prefix,
      volume: volume.name,
      freezeBudgetMs,
      reports,
      ...(restore && { restore }),
    });

  /** What the watchdog leaves for the next window, once it has ended. */
  async function keptReport(): Promise<RecoveryReport> {
    const kept: RecoveryReport[] = [];
    const there = async () => kept.push(...(await new KeptReports(reports).take())) > 0;
    await until(there, 5_000, 'a report');
    assert.deepEqual(await new KeptReports(reports).take(), [], 'it is told once');
    return kept[0]!;
  }

  it('an owner killed while containers are paused: they run again within 5 s', async () => {
    await using dying = owner();
    await dying.says('freeze');
    await until(state('paused'), 2000, 'paused');
    dying.signal('SIGKILL');
    await until(state('running'), 5000, 'running again');
    await until(helperIsGone, 5000, 'helper gone');
    assert.deepEqual(await keptReport(), { ...nothingRecovered(), restarted: [await nameOf(user)] });
    await ops.recover();
    await ops.assertNothingLeft();
    assert.deepEqual(await ops.snapshotIds(volume), []);
  });

  it('an owner that hangs while containers are paused: they run again at the deadline', async () => {
    await using hanging = owner(undefined, 1000);
    await hanging.says('freeze');
    await until(state('paused'), 2000, 'paused');
    hanging.signal('SIGSTOP');
    await until(state('running'), 5000, 'running again');
    hanging.signal('SIGCONT');
    assert.notEqual(await hanging.end(), 'done');
    assert.deepEqual(await ops.snapshotIds(volume), []);
    await ops.recover();
    await ops.assertNothingLeft();
  });

  it('an owner killed in the switch: the agent finishes it, and the containers start', async () => {
    const snapshot = await ops.snapshot(volume);
    const whole = await ops.treeOf(volume);
    await ops.python(volume, scramble);
    await using dying = owner(snapshot);
    await dying.says('switch moving');
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

  it('an owner killed in the switch of a volume that nothing uses: recovery tells that the agent finished it', async () => {
    const snapshot = await ops.snapshot(volume);
    const whole = await ops.treeOf(volume);
    await ops.python(volume, scramble);
    await ops.test.engine.stop(user, 0);
    await using dying = owner(snapshot);
    await dying.says('switch moving');
    dying.signal('SIGKILL');
    await until(helperIsGone, 20_000, 'helper gone');
    assert.deepEqual(await ops.recover(), { ...nothingRecovered(), finished: [volume.name] });
    assertSameTree(await ops.treeOf(volume), whole);
    assert.deepEqual(await ops.recover(), nothingRecovered(), 'it is told once');
    await ops.assertNothingLeft();
  });

  it('a helper killed in the switch: the owner finishes it with a new one', async () => {
    const snapshot = await ops.snapshot(volume);
    const whole = await ops.treeOf(volume);
    await ops.python(volume, scramble);
    await using living = owner(snapshot);
    await living.says('switch moving');
    await ops.test.docker.getContainer(ops.test.engine.helperName(volume.name)).kill();
    assert.equal(await living.end(), 'done');
    assertSameTree(await ops.treeOf(volume), whole);
    assert.equal(await ops.test.stateOf(user), 'running');
    await ops.assertNothingLeft();
  });

  it('an owner and its watchdog: recovery lets what they paused run again, and says so', async () => {
    const { id, name } = await ops.test.engine.inspectContainer(user, never);
    const journal: FreezeJournal = {
      format: 1,
      operation: 'snapshot',
      volumes: [volume.name],
      action: 'pause',
      containers: [{ id, name, restartPolicy: { Name: '' } }],
      owner: { host: 'elsewhere', pid: 1 },
      helpers: [ops.test.engine.helperName(volume.name)],
      at: new Date().toISOString(),
    };
    await ops.test.engine.openJournal(journal, 0, never);
    await ops.test.engine.pause(user);
    assert.deepEqual((await ops.recover()).restarted, [name]);
    assert.equal(await ops.test.stateOf(user), 'running');
    assert.deepEqual((await ops.recover()).restarted, []);
    await ops.assertNothingLeft();
  });
});

describe('an engine killed in the switch', function () {
  it('recovery finishes the switch at the next connection, then the containers start', async () => {
    const root = await mkdtemp(path.join(process.env['TMPDIR'] ?? '/var/tmp', 'e-'));
    const engine = await startPrivateEngine({ root });
    const usual = process.env['DOCKER_HOST'];
    try {
      await ensureImages(engine.host, { own: true });
      process.env['DOCKER_HOST'] = engine.host;
      await using ops = await Operations.connect();
      const volume = await ops.test.createVolume();
      await ops.python(volume, fill);
      const user = await ops.test.startContainer([volume], { RestartPolicy: { Name: 'always' } });
      const snapshot = await ops.snapshot(volume);
      const whole = await ops.treeOf(volume);
      await ops.python(volume, scramble);
      await using dying = new OwnerProcess({
        namespace: ops.test.prefix,
        volume: volume.name,
        freezeBudgetMs: 10_000,
        reports: path.join(root, 'reports'),
        restore: snapshot,
      });
      await dying.says('switch moving');
      await engine.kill();
      // The owner and its watchdog die too: a power cut.
      dying.signal('SIGKILL');
      await engine.restart();
      assert.notEqual(await ops.test.stateOf(user), 'running', 'no database starts on half-switched files');
      await ops.recover();
      assertSameTree(await ops.treeOf(volume), whole);
      assert.equal(await ops.test.stateOf(user), 'running');
      await ops.assertNothingLeft();
    } finally {
      process.env['DOCKER_HOST'] = usual;
      await removePrivateEngine(root);
    }
  });
});
