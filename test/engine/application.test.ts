import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FreezeJournal, Volume } from '../../src/core/engine';
import { KeptReports } from '../../src/core/recovery/keptReports';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import * as operations from '../../src/core/operations';
import { Failure, isFailure } from '../../src/core/failure';
import { hooksOf } from '../../src/core/consistency/hooks';
import { never, testImage } from '../fixtures/engine';
import { failing } from '../fixtures/failingEngine';
import { rejectsWith } from '../fixtures/failures';
import { Operations } from '../fixtures/operations';
import { OwnerProcess } from '../fixtures/owner';
import type { OwnerOrder } from './owner.main';

describe('a snapshot with commands in the containers', function () {
  let ops: Operations;
  let volume: Volume;
  before(async () => void (ops = await Operations.connect()));
  after(() => ops[Symbol.asyncDispose]());
  beforeEach(async () => void (volume = await ops.test.createVolume()));

  const application = { consistency: 'application' as const };
  const lock = 'echo "$DOCKERVOLUMES_HOOK as $(id -un)" >> /data/lock';
  const unlock = 'rm /data/lock; echo "$DOCKERVOLUMES_HOOK" >> /data/post';
  const hanging = `${lock}; (sleep 60; echo late >> /data/lock); echo never`;
  const start = (pre: string, post = unlock, more: Record<string, string> = {}) =>
    ops.test.startContainer([volume], {
      labels: {
        ...(pre && { 'dockervolumes.pre': pre }),
        ...(post && { 'dockervolumes.post': post }),
        ...Object.fromEntries(Object.entries(more).map(([name, value]) => [`dockervolumes.${name}`, value])),
      },
    });
  const read = async (id: string, file: string) =>
    (await ops.test.exec(id, ['sh', '-c', `cat /data/${file} 2>/dev/null || true`])).toString();
  /** The app is as it was: not locked, unlocked once, and nothing of the commands runs on. */
  const assertUnlocked = async (id: string) => {
    assert.equal(await ops.test.stateOf(id), 'running');
    assert.deepEqual([await read(id, 'lock'), await read(id, 'post')], ['', 'post\n']);
    const programs = (await ops.test.engine.runningPrograms(id, never)) ?? [];
    assert.deepEqual(
      programs.filter((name) => name === 'sh'),
      [],
    );
    await ops.assertNothingLeft();
  };

  const imageId = async () => (await ops.test.docker.getImage(testImage).inspect()).Id;
  /** What is recorded of one container; others on the engine may use all volumes. */
  const userOf = async ({ users }: SnapshotEntry, id: string) => {
    const { name } = await ops.test.engine.inspectContainer(id, never);
    const user = users.find((each) => each.name === name);
    return [user?.hooks, user?.imageId];
  };

  it('holds what the one before did, and the one after has run', async () => {
    const id = await start(lock, unlock, { user: 'root' });
    const snapshot = await ops.snapshot(volume, application);
    assert.deepEqual([snapshot.consistency, snapshot.asked], ['application', undefined]);
    assert.deepEqual(await userOf(snapshot, id), ['labels', await imageId()]);
    assert.ok(snapshot.frozenMs > 0);
    assert.ok(ops.records.at(-1)?.phases.find(({ name }) => name === 'hooks'));
    await assertUnlocked(id);
    const copy = await ops.restoreToNew(snapshot, ops.test.name('held'));
    assert.equal((await ops.test.run(copy, ['cat', '/data/lock'])).toString(), 'pre as root\n');
  });

  it('is not taken when the one before fails: its words are told, and the one after runs all the same', async () => {
    const id = await start(`${lock}; echo "no room" >&2; exit 7`);
    const failure = await rejectsWith('hookFailed', ops.snapshot(volume, application), {
      label: 'dockervolumes.pre',
      exitCode: 7,
      output: 'no room\n',
    });
    assert.equal(failure.step, 'hooks');
    await assertUnlocked(id);
    assert.deepEqual(await ops.snapshotIds(volume), []);
  });

  it('is not taken when the one before does not end in time, which then is ended with all that it started', async () => {
    const id = await start(hanging, unlock, { timeout: '1s' });
    await rejectsWith('hookFailed', ops.snapshot(volume, application), { seconds: 1 });
    await assertUnlocked(id);
  });

  it('can be cancelled while the one before runs', async () => {
    const id = await start(hanging);
    const controller = new AbortController();
    const request = { volume: volume.name, note: '', ...application };
    const work = ops.run('snapshot', volume.name, (run) => operations.snapshotVolume(ops.host, request, run), {
      signal: controller.signal,
      onPhase: (phase) => phase === 'hooks' && setTimeout(() => controller.abort(), 500),
    });
    await assert.rejects(work, { name: 'Cancelled' });
    await assertUnlocked(id);
  });

  it('fails with the command that failed, ends those of other containers, and runs the ones after in all', async () => {
    const [failing, other] = [await start('exit 1'), await start('sleep 60')];
    await rejectsWith('hookFailed', ops.snapshot(volume, application), { exitCode: 1 });
    assert.equal(await read(failing, 'post'), 'post\npost\n');
    assert.ok(!(await ops.test.engine.runningPrograms(other, never))?.includes('sh'));
    await ops.assertNothingLeft();
  });

  it('that fails in the freeze has the one after run', async () => {
    const id = await start(lock);
    const pause = () => Promise.reject(new Failure('engineError', { status: 500, message: 'cannot freeze' }));
    const host = { ...ops.host, engine: failing(ops.test.engine, { pause }) };
    const request = { volume: volume.name, note: '', ...application };
    const work = ops.run('snapshot', volume.name, (run) => operations.snapshotVolume(host, request, run));
    await rejectsWith('engineError', work, { message: 'cannot freeze' });
    await assertUnlocked(id);
  });

  it('is not taken when the journal was undone while the one before ran: nothing is paused that nobody lists', async () => {
    const id = await start(lock);
    const paused: string[] = [];
    const pause = async (container: string) => void paused.push(container);
    // As by the watchdog, when we are suspended for longer than the command may take.
    const exec: typeof ops.test.engine.exec = async (...args) => {
      const result = await ops.test.engine.exec(...args);
      const own = await ops.test.engine.listOwnContainers(never);
      const journal = own.find((found) => found.journal);
      if (!journal) return result;
      await ops.test.engine.removeOwnContainer(journal.id);
      const undo = { command: ['sh', '-c', unlock], env: { DOCKERVOLUMES_HOOK: 'post' }, timeoutMs: 5_000 };
      await ops.test.engine.exec(id, undo, never);
      return result;
    };
    const host = { ...ops.host, engine: failing(ops.test.engine, { pause, exec }) };
    const request = { volume: volume.name, note: '', ...application };
    const work = ops.run('snapshot', volume.name, (run) => operations.snapshotVolume(host, request, run));
    await rejectsWith('freezeUndone', work);
    assert.deepEqual([paused, await ops.snapshotIds(volume)], [[], []]);
    await assertUnlocked(id);
  });

  it('is kept when the one after fails, which is told', async () => {
    const id = await start('', 'echo stuck; exit 2');
    const snapshot = await ops.snapshot(volume, application);
    assert.equal(snapshot.consistency, 'application');
    assert.deepEqual(
      ops.saidBeside.splice(0).map(({ details }) => details),
      [
        {
          container: (await ops.test.engine.inspectContainer(id, never)).name,
          label: 'dockervolumes.post',
          output: 'stuck\n',
          exitCode: 2,
        },
      ],
    );
    await ops.assertNothingLeft();
  });

  it('is refused before anything is done when a label is not understood', async () => {
    const id = await start('["sh"', unlock);
    await rejectsWith('labelInvalid', ops.snapshot(volume, application), { label: 'dockervolumes.pre' });
    assert.equal(await read(id, 'post'), '');
    await ops.assertNothingLeft();
  });

  it('only pauses where nothing is known to be run, and says so', async () => {
    const id = await ops.test.startContainer([volume]);
    const snapshot = await ops.snapshot(volume, application);
    assert.deepEqual([snapshot.consistency, snapshot.asked], ['paused', 'application']);
    assert.deepEqual(await userOf(snapshot, id), [undefined, await imageId()]);
  });

  it('is what the label of the volume asks for, unless another one is chosen', async () => {
    const labels = { 'dockervolumes.consistency': 'application', 'dockervolumes.pre': '["touch", "/data/pre"]' };
    const labelled = await ops.test.createVolume(undefined, {}, labels);
    await ops.test.startContainer([labelled]);
    const { consistency: _, ...usual } = { volume: labelled.name, note: '', consistency: undefined };
    const take = () => ops.run('snapshot', labelled.name, (run) => operations.snapshotVolume(ops.host, usual, run));
    assert.equal((await take()).consistency, 'application');
    assert.equal((await ops.snapshot(labelled, { consistency: 'live' })).consistency, 'live');
  });

  it('a label of the volume that is not understood is told, and the setting holds', async () => {
    const labelled = await ops.test.createVolume(undefined, {}, { 'dockervolumes.consistency': 'stoped' });
    await ops.test.startContainer([labelled]);
    const usual = { volume: labelled.name, note: '' };
    const work = ops.run('snapshot', labelled.name, (run) => operations.snapshotVolume(ops.host, usual, run));
    assert.equal((await work).consistency, 'paused');
    assert.deepEqual(
      ops.saidBeside.splice(0).map(({ details }) => details),
      [{ label: 'dockervolumes.consistency', value: 'stoped', on: labelled.name }],
    );
  });

  describe('whose owner dies', () => {
    let reports: string;
    beforeEach(async () => void (reports = await mkdtemp(path.join(tmpdir(), 'reports-'))));
    afterEach(() => rm(reports, { recursive: true }));
    const order = { ...application, freezeBudgetMs: 10_000 };
    const owner = (more: Partial<OwnerOrder> = {}) =>
      new OwnerProcess({ namespace: ops.test.prefix, volume: volume.name, reports, ...order, ...more });

    it('while the one before runs: the watchdog ends it, runs the one after, and tells when that fails', async () => {
      const id = await start(hanging, `${unlock}; echo canary; exit 3`);
      await using dying = owner();
      await dying.says('hooks');
      await until(async () => (await read(id, 'lock')) !== '');
      dying.signal('SIGKILL');
      await until(async () => (await read(id, 'post')) !== '');
      await until(async () => (await ops.test.ownContainerNames()).every((name) => name.endsWith('.store')));
      await ops.recover();
      await assertUnlocked(id);
      const [report] = await new KeptReports(reports).take();
      const { name } = await ops.test.engine.inspectContainer(id, never);
      assert.deepEqual(
        report?.failures.map((failure) => isFailure(failure) && failure.details),
        [{ container: name, label: 'dockervolumes.post', output: '', exitCode: 3 }],
      );
    });

    it('or hangs in the freeze: the watchdog lets the app run, then runs the one after', async () => {
      const id = await start(lock);
      await using hanging = owner({ dawdleMs: 1_500, freezeBudgetMs: 1_000 });
      await hanging.says('paused');
      hanging.signal('SIGSTOP');
      assert.equal(await ops.test.stateOf(id), 'paused');
      await until(async () => (await ops.test.stateOf(id)) === 'running');
      await until(async () => (await read(id, 'post')) !== '');
      hanging.signal('SIGCONT');
      assert.notEqual(await hanging.end(), 'done');
      assert.equal(await read(id, 'lock'), '');
    });

    it('with its watchdog: recovery runs the one after, and tells when it fails', async () => {
      const id = await start(lock, `${unlock}; echo stuck; exit 1`);
      const details = await ops.test.engine.inspectContainer(id, never);
      await ops.test.exec(id, ['sh', '-c', lock]);
      const journal: FreezeJournal = {
        format: 1,
        operation: 'snapshot',
        volumes: [volume.name],
        action: 'pause',
        containers: [
          { id, name: details.name, restartPolicy: { Name: '' }, hooks: hooksOf(details, [volume], undefined)! },
        ],
        owner: { host: 'elsewhere', pid: 1 },
        helpers: [ops.test.engine.helperName(volume.name)],
        at: new Date().toISOString(),
      };
      await ops.test.engine.openJournal(journal, 0, never);
      await ops.test.engine.pause(id);
      const { failures } = await ops.recover();
      assert.deepEqual(
        failures.map((failure) => isFailure(failure, 'hookFailed') && failure.details.output),
        ['stuck\n'],
      );
      await assertUnlocked(id);
    });
  });
});

async function until(condition: () => Promise<boolean>, limitMs = 10_000): Promise<void> {
  const giveUp = Date.now() + limitMs;
  while (!(await condition())) {
    assert.ok(Date.now() < giveUp, 'it did not happen in time');
    await sleep(50);
  }
}
