import assert from 'node:assert/strict';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAgentSession } from '../../src/core/agentClient/client';
import type { Volume } from '../../src/core/engine';
import { type FailureCode, isFailure } from '../../src/core/failure';
import type * as operations from '../../src/core/operations';
import { startWatchdog, type DockerEngine } from '../../src/engine';
import { timeouts } from '../../src/engine/wire';
import { dist } from '../fixtures/engine';
import { EngineProxy } from '../fixtures/engineProxy';
import { failing } from '../fixtures/failingEngine';
import { Operations } from '../fixtures/operations';

describe('an engine that accepts and never answers', function () {
  let ops: Operations;
  let proxy: EngineProxy;
  let engine: DockerEngine;
  let volume: Volume;
  let user: string;
  const usual = { ...timeouts };

  before(async () => {
    ops = await Operations.connect();
    proxy = await EngineProxy.start(ops.test);
    engine = await ops.test.connectAgain(startAgentSession, { engine: proxy.address });
  });
  after(async () => {
    engine.dispose();
    await proxy[Symbol.asyncDispose]();
    await ops[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    volume = await ops.test.createVolume();
    user = await ops.test.startContainer([volume]);
    await ops.test.exec(user, ['sh', '-c', 'head -c 20000000 /dev/urandom > /data/file']);
    await ops.snapshot(volume);
    Object.assign(timeouts, { read: 1_000, change: 1_000 });
  });
  afterEach(() => {
    proxy.speak();
    Object.assign(timeouts, usual);
  });

  /** One failure, in good time. */
  async function failsWith(codes: FailureCode[], work: Promise<unknown>): Promise<void> {
    const start = Date.now();
    const error = await work.then(
      () => assert.fail('it was done'),
      (error: unknown) => error,
    );
    assert.ok(isFailure(error, ...codes), String(error));
    assert.ok(Date.now() - start < 15_000, `${Date.now() - start} ms`);
    assert.equal(ops.records.at(-1)?.outcome, 'failed');
  }

  const host = (faults: Partial<DockerEngine> = {}): operations.Host => ({
    ...ops.host,
    engine: failing(engine, faults),
    startWatchdog: () => startWatchdog({ script: path.join(dist, 'watchdog.js'), engine }),
    settings: { ...ops.host.settings, freezeBudgetMs: 1_000 },
  });

  async function untilRunning(): Promise<void> {
    const giveUp = Date.now() + 15_000;
    while ((await ops.test.stateOf(user)) !== 'running') {
      assert.ok(Date.now() < giveUp, 'it runs again');
      await sleep(50);
    }
  }

  /** `snapshots`: how many there are. */
  async function assertAsBefore(snapshots: number): Promise<void> {
    assert.equal(await ops.test.stateOf(user), 'running');
    await ops.recover();
    assert.equal((await ops.snapshotIds(volume)).length, snapshots);
    await ops.snapshot(volume);
    await ops.assertNothingLeft();
  }

  it('before anything has begun: a snapshot fails with one clear error, and works again once it answers', async () => {
    proxy.beSilent();
    await failsWith(['engineNotAnswering'], ops.snapshot(volume, {}, host()));
    proxy.speak();
    await assertAsBefore(1);
  });

  it('in the freeze: the snapshot fails, and containers run again as soon as it answers', async () => {
    const pause = async (id: string) => {
      await engine.pause(id);
      proxy.beSilent();
    };
    await failsWith(['engineNotAnswering', 'freezeOverBudget'], ops.snapshot(volume, {}, host({ pause })));
    assert.equal(await ops.test.stateOf(user), 'paused');
    proxy.speak();
    await untilRunning();
    await assertAsBefore(1);
  });
});
