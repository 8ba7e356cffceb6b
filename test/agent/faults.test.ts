import * as assert from 'node:assert/strict';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { AgentSession } from '../../src/core/agentClient/session';
import type { HostFrame, Progress } from '../../src/core/agentProtocol';
import { Cancelled, Failure } from '../../src/core/failure';
import { encodeFrame } from '../../src/core/frames';
import type { PhaseName } from '../../src/core/timings/record';
import { spawnAgent, startAgent } from './agentProcess';
import { useDisk } from './disk';
import { many, manyFiles } from './manyFiles';
import { assertSameTree, describeTree, never, request, restoreWith, runFixture, Sandbox } from './sandbox';

const failsWith = (code: string) => (error: unknown) => error instanceof Failure && error.code === code;
const resume = { direction: 'decided' } as const;

describe('an agent that is killed', function () {
  this.timeout(120_000);
  const disk = useDisk('ext4', 1024);

  it('in a snapshot leaves only what cleaning removes; then all is as before', async () => {
    const box = new Sandbox(disk.path);
    await manyFiles(box);
    const first = await box.snapshot();
    const [content, objects, catalog] = [await box.contentOf(first), box.objectFiles(), box.catalog()];
    for (const phase of ['flush', 'scan', 'copy'] satisfies PhaseName[]) {
      for (let n = 0; n < many; n++) box.write(`folder${n % 7}/file${n}`, `changed before ${phase}`);
      // Comes last, and takes long enough to be killed in: an agent says how far it is ten times a second.
      box.write('large', Buffer.alloc((phase === 'copy' ? 250 : 1) << 20, phase));
      const begin: Work = (agent, options) => agent.request('snapshot.begin', { volume: box.spec }, options);
      assert.ok(await killedIn(box, begin, phase, phase === 'copy' ? 1 : 0));
      assert.equal(box.catalog().filter((name) => name.endsWith('.incoming')).length, 1, phase);
      assert.deepEqual(await box.ask('store.clean', { volume: 'app_data' }), {
        dropped: 1,
        pending: null,
        finished: false,
      });
      assert.deepEqual([box.objectFiles(), box.catalog()], [objects, catalog]);
      assert.deepEqual([box.stored('incoming'), box.stored('snapshots')], [[], [first.id]]);
    }
    assert.equal(await box.contentOf(first), content);
    assertSameTree(await box.contentOf(await box.snapshot()), describeTree(box.volume));
  });

  it('in a switch leaves it pending; resuming makes it whole, forward or back', async () => {
    const box = new Sandbox(disk.path);
    await manyFiles(box);
    runFixture('make-awkward-tree.py', box.volume);
    const wanted = await box.snapshot();
    const wantedTree = describeTree(box.volume);
    for (let n = 0; n < many; n += 2) fs.rmSync(box.file(`folder${n % 7}/file${n}`));
    for (let n = 1; n < many; n += 2) box.write(`folder${n % 7}/file${n}`, `damaged ${n}`);
    fs.rmSync(box.file('names'), { recursive: true });
    const damagedTree = describeTree(box.volume);

    let interrupted = 0;
    for (const [round, files] of [0, 1, 400, 900].entries()) {
      const restore: Work = (agent, options) =>
        restoreWith(agent, box.goal(wanted), { ...options, afterSafetyPass: () => {} });
      if (!(await killedIn(box, restore, 'switch', files))) continue;
      interrupted++;
      assert.deepEqual(
        box.catalog().filter((name) => name.endsWith('.pending')),
        ['app_data.pending'],
      );
      await assert.rejects(box.snapshot(), failsWith('restorePending'));
      await assert.rejects(box.restore(wanted), failsWith('restorePending'));
      await assert.rejects(box.delete(wanted), failsWith('restorePending'));
      const cleaned = await box.ask('store.clean', { volume: 'app_data' });
      assert.equal(cleaned.pending?.snapshot, wanted.id);
      const safety = { id: cleaned.pending.safety! };
      const direction = round % 2 === 0 ? 'back' : 'decided';
      // Interrupted once more on the way.
      await killedIn(box, resuming(box, direction), 'switch', 1);
      const finished = await box.ask('restore.resume', { target: box.spec, direction });
      assertSameTree(describeTree(box.volume), direction === 'back' ? damagedTree : wantedTree);
      if (finished) assert.equal(await box.ask('restore.resume', { target: box.spec, ...resume }), null);
      assert.deepEqual(
        box.catalog().filter((name) => !/\.(json|back)$/.test(name)),
        [],
      );
      await box.restore(safety);
      assertSameTree(describeTree(box.volume), damagedTree);
    }
    assert.ok(interrupted >= 1, `${interrupted} switches were caught in the middle`);
  });

  it('in a deletion leaves the rest of the sweep to the next cleaning', async () => {
    const box = new Sandbox(disk.path);
    await manyFiles(box);
    const first = await box.snapshot();
    for (let n = 0; n < many; n++) box.write(`folder${n % 7}/file${n}`, 'changed');
    const second = await box.snapshot();
    const params = { volume: 'app_data', snapshot: first.id };
    await killedIn(box, (agent, options) => agent.request('snapshot.delete', params, options), 'sweep', 1);
    assert.deepEqual(box.stored('snapshots'), [second.id]);
    // It may have been done before the kill.
    const unfinished = box.stored('incoming').length > 0;
    assert.equal(box.catalog().includes(`app_data@deleted-${first.id}.incoming`), unfinished, 'recovery finds it');
    await box.ask('store.clean', { volume: 'app_data' });
    assert.equal(box.objectFiles().length, many);
    assert.deepEqual(box.catalog(), [`app_data@${second.id}.json`]);
    assert.deepEqual(box.stored('incoming'), []);
    assertSameTree(await box.contentOf(second), describeTree(box.volume));
  });
});

describe('a switch that was never carried out', function () {
  this.timeout(60_000);
  const disk = useDisk('ext4', 512);

  it('is finished after a snapshot of what was written meanwhile, when that is asked for', async () => {
    const box = new Sandbox(disk.path);
    box.write('file', 'good');
    const snapshot = await box.snapshot();
    box.write('file', 'bad');
    const { process, session } = await startAgent(mounts(box));
    await using agent = session;
    await agent.request('snapshot.begin', { volume: box.spec }, { signal: never });
    const safety = { ...request, kind: 'safety' as const };
    await agent.request('restore.prepare', { ...box.goal(snapshot), safety }, { signal: never });
    process.kill('SIGKILL');
    box.write('orders', 'of a day');
    const content = describeTree(box.volume);
    await box.withAgent(async (another) => {
      await assert.rejects(another.request('snapshot.begin', { volume: box.spec }, { signal: never }));
    });
    await box.withAgent(async (another) => {
      const kept = await another.request('restore.keep', { target: box.spec, request: safety }, { signal: never });
      await another.request('restore.resume', { target: box.spec, ...resume }, { signal: never });
      assert.equal(fs.readFileSync(box.file('file'), 'utf8'), 'good');
      assertSameTree(await box.contentOf(kept), content);
    });
    assert.ok(!fs.existsSync(box.file('orders')));
  });
});

describe('a switch whose volume was removed meanwhile', function () {
  this.timeout(60_000);
  const disk = useDisk('ext4', 512);

  it('is not rolled into the new volume of that name, and can be forgotten', async () => {
    const box = new Sandbox(disk.path);
    await manyFiles(box);
    const snapshot = await box.snapshot();
    fs.rmSync(box.file('folder1'), { recursive: true });
    assert.ok(await killedIn(box, (agent, options) => restoreWith(agent, box.goal(snapshot), options), 'switch', 0));
    fs.renameSync(box.volume, `${box.volume}-gone`);
    fs.mkdirSync(box.volume);
    const resumed = box.ask('restore.resume', { target: box.spec, ...resume });
    await assert.rejects(resumed, failsWith('volumeRecreated'));
    assert.deepEqual(fs.readdirSync(box.volume), []);
    await box.ask('restore.forget', { volume: 'app_data' });
    assert.deepEqual(box.catalog(), [`app_data@${snapshot.id}.json`]);
    assert.equal((await box.restore(snapshot)).keptFiles, 0);
  });
});

describe('a cancel', function () {
  this.timeout(60_000);
  const disk = useDisk('ext4', 1024);

  it('ends a snapshot within two seconds and leaves nothing of it', async () => {
    const box = new Sandbox(disk.path);
    await manyFiles(box);
    box.write('large', Buffer.alloc(200 << 20, 7));
    for (const phase of ['flush', 'scan', 'copy'] satisfies PhaseName[]) {
      const controller = new AbortController();
      let cancelledAt = Infinity;
      const onProgress = (progress: { phase: PhaseName }) => {
        if (progress.phase !== phase) return;
        cancelledAt = Math.min(cancelledAt, performance.now());
        controller.abort();
      };
      const { session } = await startAgent(box);
      await using agent = session;
      const asked = agent.request('snapshot.begin', { volume: box.spec }, { signal: controller.signal, onProgress });
      await assert.rejects(asked, Cancelled);
      assert.ok(performance.now() - cancelledAt < 2_000, phase);
      assert.deepEqual([box.objectFiles(), box.stored('incoming'), box.catalog()], [[], [], []], phase);
      await agent.finish();
    }
    assertSameTree(await box.contentOf(await box.snapshot()), describeTree(box.volume));
  });

  it('in a switch comes too late: it is finished, and its result returned', async () => {
    const box = new Sandbox(disk.path);
    await manyFiles(box);
    const before = describeTree(box.volume);
    const snapshot = await box.snapshot();
    fs.rmSync(box.file('folder1'), { recursive: true });
    const controller = new AbortController();
    const { writtenFiles } = await box.restore(snapshot, {
      signal: controller.signal,
      onProgress: ({ phase }) => phase === 'switch' && controller.abort(),
    });
    assert.ok(controller.signal.aborted && writtenFiles > 100);
    assertSameTree(describeTree(box.volume), before);
  });
});

describe('a host that is gone', function () {
  this.timeout(60_000);
  const disk = useDisk('ext4', 1024);

  for (const [how, leave] of [
    ['closes its pipe', (agent: Agent) => agent.process.stdin!.end()],
    ['has the agent terminated', (agent: Agent) => agent.process.kill('SIGTERM')],
  ] as const) {
    it(`ends a snapshot cleanly when it ${how}`, async () => {
      const box = new Sandbox(disk.path);
      await manyFiles(box);
      const agent = await startAgent(box);
      const asked = agent.session.request('snapshot.begin', { volume: box.spec }, { signal: never });
      await asked;
      leave(agent);
      const [code] = (await once(agent.process, 'exit')) as [number];
      assert.equal(code, 1);
      assert.deepEqual([box.objectFiles(), box.stored('incoming'), box.catalog()], [[], [], []]);
    });

    it(`does not stop a switch when it ${how}`, async () => {
      const box = new Sandbox(disk.path);
      await manyFiles(box);
      const before = describeTree(box.volume);
      const snapshot = await box.snapshot();
      for (let n = 0; n < many; n++) box.write(`folder${n % 7}/file${n}`, 'damaged');
      const agent = await startAgent(box);
      const exited = once(agent.process, 'exit');
      const asked = restoreWith(agent.session, box.goal(snapshot), {
        onProgress: ({ phase }) => phase === 'switch' && leave(agent),
      });
      await asked.catch(() => {});
      assert.deepEqual(await exited, [1, null]);
      assertSameTree(describeTree(box.volume), before);
      const markers = () => box.catalog().filter((name) => !name.endsWith('.json'));
      assert.deepEqual(markers(), ['app_data.finished'], 'nobody has heard of it');
      const clean = () => box.ask('store.clean', { volume: 'app_data' });
      assert.deepEqual([(await clean()).finished, (await clean()).finished], [true, false], 'it is said once');
      assert.deepEqual(markers(), []);
    });
  }

  it('is taken for dead after a silence', async () => {
    const box = new Sandbox(disk.path);
    box.write('file');
    const agent = await startAgent({ ...mounts(box), 'silence-limit': '300' });
    await agent.session.request('snapshot.begin', { volume: box.spec }, { signal: never });
    const [code] = (await once(agent.process, 'exit')) as [number];
    assert.equal(code, 1);
    assert.deepEqual([box.stored('incoming'), box.catalog()], [[], []]);
    await assert.rejects(agent.session.request('snapshot.commit', request, { signal: never }), failsWith('agentLost'));
  });

  it('that stopped reading does not stop a switch', async () => {
    const box = new Sandbox(disk.path);
    await manyFiles(box);
    const before = describeTree(box.volume);
    const snapshot = await box.snapshot();
    for (let n = 0; n < many; n++) box.write(`folder${n % 7}/file${n}`, 'damaged');
    const agent = spawnAgent(mounts(box));
    const say = (frame: HostFrame) => agent.stdin!.write(encodeFrame(frame));
    // The answer is more than a pipe holds, and nobody reads it.
    say({ type: 'request', id: 1, method: 'snapshot.entries', params: { volume: 'app_data', snapshot: snapshot.id } });
    await setTimeout(1_000);
    say({ type: 'request', id: 2, method: 'restore.prepare', params: box.goal(snapshot) });
    const isPending = () => fs.existsSync(`${box.store}/volumes/app_data/pending.json`);
    for (let waited = 0; !isPending(); waited++) {
      assert.ok(waited < 5_000);
      await setTimeout(1);
    }
    await setTimeout(200);
    say({ type: 'request', id: 3, method: 'restore.switch', params: {} });
    while (isPending()) await setTimeout(20);
    assertSameTree(describeTree(box.volume), before);
    agent.kill('SIGKILL');
  });
});

type Agent = Awaited<ReturnType<typeof startAgent>>;

function mounts({ store, volume }: Sandbox) {
  return { store, volume };
}

type Work = (
  agent: AgentSession,
  options: { signal: AbortSignal; onProgress: (progress: Progress) => void },
) => unknown;

function resuming(box: Sandbox, direction: 'decided' | 'back'): Work {
  return (agent, options) => agent.request('restore.resume', { target: box.spec, direction }, options);
}

/** Kills an agent -9 when it reports a phase and that many files done in it; false when it was done before that. */
async function killedIn(box: Sandbox, work: Work, phase: PhaseName, files: number): Promise<boolean> {
  const { process, session } = await startAgent(mounts(box));
  await using agent = session;
  const onProgress = (progress: Progress) => {
    if (progress.phase === phase && progress.files >= files) process.kill('SIGKILL');
  };
  try {
    await work(agent, { signal: never, onProgress });
    return false;
  } catch (error) {
    assert.ok(failsWith('agentLost')(error), String(error));
    return true;
  }
}
