import assert from 'node:assert/strict';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FreezeJournal, Volume, Watchdog } from '../../src/core/engine';
import * as operations from '../../src/core/operations';
import { type Pause, whilePaused } from '../../src/core/operations/whilePaused';
import { never } from '../fixtures/engine';
import { rejectsWith } from '../fixtures/failures';
import { Operations } from '../fixtures/operations';
import { OwnerProcess } from '../fixtures/owner';

describe('two operations at once', function () {
  let ops: Operations;
  before(async () => void (ops = await Operations.connect()));
  after(async () => ops[Symbol.asyncDispose]());
  beforeEach(() => void (ops.phases.length = 0));
  afterEach(() => ops.assertNothingLeft());

  const inAnotherProcess = (volume: Volume) =>
    new OwnerProcess({
      namespace: ops.test.prefix,
      volume: volume.name,
      freezeBudgetMs: 10_000,
      reports: path.join(os.tmpdir(), ops.test.prefix),
    });

  /** Of one container, whose volume is to be taken within half a second. */
  const shortFreeze = async (volume: Volume, container: string, watchdog: Watchdog): Promise<Pause> => {
    const containers = (await ops.test.engine.listContainers(never)).filter(({ id }) => id === container);
    return { operation: 'snapshot', volumes: [volume], watchdog, containers, hooked: [], budgetMs: 500 };
  };

  it('on one volume, in two processes: the second is refused by name, or waits until it is cancelled or its turn', async () => {
    const volume = await ops.test.createVolume();
    const before = await ops.snapshot(volume);
    await using first = inAnotherProcess(volume);
    await first.says('scan');
    first.signal('SIGSTOP');
    const holder = { volume: volume.name, operation: 'snapshot', host: os.hostname(), pid: first.pid! } as const;
    await rejectsWith('volumeBusy', ops.snapshot(volume), holder);
    await rejectsWith('volumeBusy', ops.restore(volume, before), holder);
    await rejectsWith('volumeBusy', ops.delete(before), holder);

    const request = { volume: volume.name, note: '' };
    const waiting = (signal: AbortSignal) =>
      ops.run(
        'snapshot',
        volume.name,
        (run) => operations.whenFree(ops.test.engine, run, () => operations.snapshotVolume(ops.host, request, run)),
        { signal },
      );
    const cancelled = performance.now() + 1_000;
    await assert.rejects(waiting(AbortSignal.timeout(1_000)), { name: 'Cancelled' });
    assert.ok(performance.now() - cancelled < 2_000);
    assert.ok(ops.phases.includes('wait'));

    const second = waiting(never);
    await sleep(500);
    first.signal('SIGCONT');
    assert.equal(await first.end(), 'done');
    const { sequence } = await second;
    assert.deepEqual([sequence, (await ops.snapshotIds(volume)).length], [3, 3]);
    assert.ok(ops.records.at(-1)!.phases.some(({ name, ms }) => name === 'wait' && ms > 400));
  });

  it('that freeze one container, in two processes: one freezes it after the other', async () => {
    const volumes = [await ops.test.createVolume(), await ops.test.createVolume()];
    const app = await ops.test.startContainer(volumes);
    await using first = inAnotherProcess(volumes[0]!);
    await first.says('freeze');
    first.signal('SIGSTOP');
    await using second = inAnotherProcess(volumes[1]!);
    await second.says('wait');
    await sleep(500);
    assert.equal(second.lines.at(-1), 'wait');
    first.signal('SIGCONT');
    assert.deepEqual([await first.end(), await second.end()], ['done', 'done']);
    assert.equal(await ops.test.stateOf(app), 'running');
  });

  it('whose pause reaches the engine after the watchdog has given up: the container runs', async () => {
    const volume = await ops.test.createVolume();
    const app = await ops.test.startContainer([volume]);
    using watchdog = ops.host.startWatchdog();
    const freeze = await shortFreeze(volume, app, watchdog);
    const late = Object.assign(Object.create(ops.test.engine) as typeof ops.test.engine, {
      pause: async (id: string) => {
        await sleep(3_000);
        await ops.test.engine.pause(id);
      },
    });
    const host = { ...ops.host, engine: late };
    await rejectsWith(
      'freezeOverBudget',
      ops.run('snapshot', volume.name, (run) => whilePaused(host, freeze, run, async () => {})),
    );
    assert.equal(await ops.test.stateOf(app), 'running');
  });

  it('after one was suspended and its watchdog let the container run: it sees that, and leaves the freeze of the other', async () => {
    const volume = await ops.test.createVolume();
    const app = await ops.test.startContainer([volume]);
    const another = await ops.test.connectAgain();
    const watchdog = { ready: async () => {}, arm() {}, disarm() {}, [Symbol.dispose]() {} };
    const freeze = await shortFreeze(volume, app, watchdog);
    let theirs: Awaited<ReturnType<typeof another.openJournal>> | undefined;
    const suspended = async () => {
      const [ours] = await another.listOwnContainers(never);
      await another.unpause(app);
      await another.removeOwnContainer(ours!.id);
      const journal: FreezeJournal = { ...ours!.journal!, owner: { host: 'elsewhere', pid: 1 } };
      theirs = await another.openJournal(journal, 0, never);
      await another.pause(app);
      // No timer of ours runs meanwhile.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_000);
    };
    await rejectsWith(
      'freezeOverBudget',
      ops.run('snapshot', volume.name, (run) => whilePaused(ops.host, freeze, run, suspended)),
    );
    assert.equal(await ops.test.stateOf(app), 'paused');
    assert.ok(await theirs!.stands());
    await another.unpause(app);
    await theirs!.close();
    another.dispose();
  });
});
