import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import type { AgentSession } from '../../src/core/agentClient/session';
import { Cancelled } from '../../src/core/failure';
import { cancelledAfter, momentsIn } from '../fixtures/cancelling';
import { startAgent } from './agentProcess';
import { useDisk } from './disk';
import { many, manyFiles } from './manyFiles';
import { assertSameTree, describeTree, never, request, restoreWith, Sandbox } from './sandbox';

const rounds = process.env['VFD_LONG'] ? 40 : 4;

type Work = (agent: AgentSession, signal: AbortSignal) => Promise<unknown>;

describe('a cancel at any moment', function () {
  this.timeout(rounds * 10_000);
  const disk = useDisk('ext4', 1024);

  /** Milliseconds of it in an agent of its own, from the first request on. */
  async function time(box: Sandbox, work: Work): Promise<number> {
    const start = performance.now();
    await box.withAgent((agent) => work(agent, never));
    return performance.now() - start;
  }

  /** Whether it was done all the same. Either way it has settled within two seconds, and the agent has ended well. */
  async function isDoneAfter(ms: number, box: Sandbox, work: Work): Promise<boolean> {
    const { session } = await startAgent(box);
    await using agent = session;
    const { outcome, took } = await cancelledAfter(ms, (signal) => work(agent, signal));
    assert.ok(took < 2_000, `settled ${took} ms after a cancel at ${ms} ms`);
    if (outcome !== true) assert.ok(outcome instanceof Cancelled, String(outcome));
    await agent.finish();
    return outcome === true;
  }

  const left = (box: Sandbox) => ({ incoming: box.stored('incoming'), objects: box.objectFiles().length });
  const markers = (box: Sandbox) => box.catalog().filter((name) => /\.(incoming|pending|finished)$/.test(name));

  it('of a snapshot leaves all of it or nothing, and the one before as it was', async () => {
    const box = new Sandbox(disk.path);
    await manyFiles(box);
    const first = await box.snapshot();
    const content = await box.contentOf(first);
    const before = left(box);
    const change = () => {
      for (let n = 0; n < many; n++) box.write(`folder${n % 7}/file${n}`, `changed ${n} ${Math.random()}`);
    };
    const work: Work = async (agent, signal) => {
      await agent.request('snapshot.begin', { volume: box.spec }, { signal });
      await agent.request('snapshot.again', {}, { signal });
      await agent.request('snapshot.commit', request, { signal });
    };
    change();
    const ms = await time(box, work);
    for (const id of box.stored('snapshots').filter((each) => each !== first.id)) await box.delete({ id });
    for (const moment of momentsIn(ms, rounds)) {
      change();
      const isDone = await isDoneAfter(moment, box, work);
      const added = box.stored('snapshots').filter((id) => id !== first.id);
      assert.equal(added.length, isDone ? 1 : 0, `cancelled after ${moment} of ${ms} ms`);
      for (const id of added) {
        assertSameTree(await box.contentOf({ id }), describeTree(box.volume));
        await box.delete({ id });
      }
      assert.deepEqual([left(box), markers(box)], [before, []], `cancelled after ${moment} of ${ms} ms`);
    }
    assertSameTree(await box.contentOf(first), content);
  });

  it('of a restore leaves the volume as it was, or wholly restored', async () => {
    const box = new Sandbox(disk.path);
    await manyFiles(box);
    const snapshot = await box.snapshot();
    const whole = describeTree(box.volume);
    const damage = () => {
      for (let n = 0; n < many; n++) box.write(`folder${n % 7}/file${n}`, `damaged ${n}`);
      fs.rmSync(box.file('folder3'), { recursive: true });
    };
    const work: Work = (agent, signal) => restoreWith(agent, box.goal(snapshot), { signal, afterSafetyPass: () => {} });
    damage();
    const ms = await time(box, work);
    for (const moment of momentsIn(ms, rounds)) {
      damage();
      const damaged = describeTree(box.volume);
      const isDone = await isDoneAfter(moment, box, work);
      assertSameTree(describeTree(box.volume), isDone ? whole : damaged);
      assert.deepEqual([left(box).incoming, markers(box)], [[], []], `cancelled after ${moment} of ${ms} ms`);
    }
  });
});
