import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';
import { promisify } from 'node:util';
import type { FreezeJournal, Volume } from '../../src/core/engine';
import type { FrozenOwnerOrder } from '../fixtures/frozenOwner.main';
import { builtAgent, never, TestEngine } from '../fixtures/engine';

const program = path.resolve(__dirname, '../fixtures/frozenOwner.main.js');

describe('the watchdog', () => {
  let test: TestEngine;
  let volume: Volume;
  let app: string;
  const owners: ChildProcess[] = [];

  beforeEach(async () => {
    test = await TestEngine.connect();
    volume = await test.createVolume();
    app = await test.startContainer([volume]);
  });
  afterEach(async () => {
    for (const owner of owners.splice(0)) owner.kill('SIGKILL');
    await test[Symbol.asyncDispose]();
  });

  it('lets a paused container run again when its owner is killed with its whole process group', async () => {
    const owner = await freeze('pause');
    const watchdog = await watchdogOf(owner);
    assert.equal(await test.stateOf(app), 'paused');
    const killed = performance.now();
    process.kill(-owner.pid!, 'SIGKILL');
    await until(async () => (await test.stateOf(app)) === 'running', 5_000);
    assert.ok(performance.now() - killed < 5_000);
    await until(async () => (await test.ownContainerNames()).length === 0, 5_000);
    await until(() => !isAlive(watchdog), 5_000);
  });

  it('lets a paused container run again at the deadline when its owner hangs', async () => {
    const owner = await freeze('pause', { deadlineMs: 1_500 });
    owner.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(await test.stateOf(app), 'paused');
    await until(async () => (await test.stateOf(app)) === 'running', 5_000);
    await until(async () => (await test.ownContainerNames()).length === 0, 5_000);
  });

  it('touches nothing once it is disarmed, and ends with its owner', async () => {
    const owner = await freeze('pause', { disarmAfterMs: 0, deadlineMs: 1_000 });
    const watchdog = await watchdogOf(owner);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    owner.kill('SIGKILL');
    await until(() => !isAlive(watchdog), 5_000);
    assert.equal(await test.stateOf(app), 'paused');
    await test.engine.unpause(app);
  });

  it('starts a stopped container only after the agent has finished what it had begun', async () => {
    const owner = await freeze('stop', { deadlineMs: 500, helperCommand: ['sh', '-c', 'cat > /dev/null; sleep 3'] });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    assert.equal(await test.stateOf(app), 'exited', 'a deadline does not hold for a switch');
    owner.kill('SIGKILL');
    const helper = test.engine.helperName(volume.name);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.equal(await test.stateOf(helper), 'running');
    assert.equal(await test.stateOf(app), 'exited');
    await until(async () => (await test.stateOf(app)) === 'running', 30_000);
    await until(async () => !(await test.engine.listOwnContainers(never)).some(({ role }) => role !== 'store'), 10_000);
    assert.equal((await test.engine.inspectContainer(app, never)).restartPolicy.Name, 'unless-stopped');
  });

  it('starts a stopped container when its owner hangs, and the agent has taken it for dead', async () => {
    const owner = await freeze('stop', { helperCommand: ['sleep', '3'] });
    owner.kill('SIGSTOP');
    await until(async () => (await test.stateOf(app)) === 'running', 60_000);
    assert.ok(isAlive(owner.pid!));
    await until(async () => !(await test.engine.listOwnContainers(never)).some(({ role }) => role !== 'store'), 10_000);
    assert.equal((await test.engine.inspectContainer(app, never)).restartPolicy.Name, 'unless-stopped');
  });

  async function freeze(action: FreezeJournal['action'], more: Partial<FrozenOwnerOrder> = {}): Promise<ChildProcess> {
    const journal: FreezeJournal = {
      format: 1,
      operation: action === 'pause' ? 'snapshot' : 'restore',
      volumes: [volume.name],
      action,
      containers: [{ id: app, name: 'app', restartPolicy: { Name: 'unless-stopped' } }],
      owner: { host: test.prefix, pid: 0 },
      helpers: [test.engine.helperName(volume.name)],
      at: new Date().toISOString(),
    };
    const order: FrozenOwnerOrder = {
      endpoint: process.env['DOCKER_HOST'] ?? '',
      namespace: test.prefix,
      agent: builtAgent,
      journal,
      deadlineMs: 60_000,
      ...more,
    };
    const owner = spawn(process.execPath, [program, JSON.stringify(order)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    owners.push(owner);
    const answer = (await Promise.race([once(owner.stdout, 'data'), once(owner, 'exit')])) as [unknown];
    assert.equal(String(answer[0]), 'frozen\n');
    return owner;
  }
});

/** The only child of an owner. */
async function watchdogOf(owner: ChildProcess): Promise<number> {
  const { stdout } = await promisify(execFile)('pgrep', ['-P', String(owner.pid)]);
  return Number(stdout);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function until(condition: () => boolean | Promise<boolean>, limitMs: number): Promise<void> {
  const giveUp = Date.now() + limitMs;
  while (!(await condition())) {
    assert.ok(Date.now() < giveUp, 'it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
