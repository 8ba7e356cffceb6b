import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { startAgent } from './agentProcess';
import { useDisk } from './disk';
import { assertSameTree, describeTree, never, request, Sandbox, specOf } from './sandbox';

const group = 'b1946ac9-2492-4d23-8a2b-000000000000';

describe('volumes that are restored together', function () {
  this.timeout(60_000);
  const disk = useDisk('ext4', 256);

  /** Two volumes in one store, each with a snapshot and different since. */
  async function damaged() {
    const one = new Sandbox(disk.path);
    const two = Object.assign(Object.create(Sandbox.prototype) as Sandbox, new Sandbox(disk.path), {
      store: one.store,
      spec: specOf('other_data'),
    });
    const boxes = [one, two];
    const parts = [];
    for (const box of boxes) {
      box.write('file', `good of ${box.spec.name}`);
      const snapshot = await box.snapshot();
      const good = describeTree(box.volume);
      box.write('file', 'bad');
      parts.push({ box, snapshot, good, bad: describeTree(box.volume) });
    }
    return parts;
  }

  type Part = Awaited<ReturnType<typeof damaged>>[number];

  async function prepared({ box, snapshot }: Part) {
    const agent = await startAgent(box);
    const { session } = agent;
    await session.request('snapshot.begin', { volume: box.spec }, { signal: never });
    const safety = { ...request, kind: 'safety' as const };
    await session.request('restore.prepare', { ...box.goal(snapshot), safety, group }, { signal: never });
    return agent;
  }

  const resume = ({ box }: Part) => box.ask('restore.resume', { target: box.spec, direction: 'decided' });
  const decisions = ({ box }: Part) => fs.readdirSync(`${box.store}/groups`);
  const unfinished = ({ box }: Part) => box.catalog().filter((name) => name.endsWith('.pending'));

  it('are all switched once that is decided, and the decision goes with the last of them', async () => {
    const parts = await damaged();
    const agents = await Promise.all(parts.map(prepared));
    await agents[0]!.session.request('restore.decide', { group, direction: 'forward' }, { signal: never });
    for (const [i, { session }] of agents.entries()) {
      await session.request('restore.switch', {}, { signal: never });
      assertSameTree(describeTree(parts[i]!.box.volume), parts[i]!.good);
    }
    assert.equal(unfinished(parts[0]!).length, 2, 'none is done before all are');
    for (const { session } of agents) {
      assert.deepEqual(decisions(parts[0]!), [`${group}.json`]);
      await session.request('restore.release', {}, { signal: never });
      await session.finish();
    }
    assert.deepEqual([unfinished(parts[0]!), decisions(parts[0]!)], [[], []]);
  });

  it('are none of them switched when all agents die before it is decided', async () => {
    const parts = await damaged();
    for (const { process, session } of await Promise.all(parts.map(prepared))) {
      process.kill('SIGKILL');
      await session[Symbol.asyncDispose]();
    }
    assert.equal(unfinished(parts[0]!).length, 2);
    assert.equal(await resume(parts[0]!), null);
    const { pending } = await parts[1]!.box.ask('store.clean', { volume: 'other_data' });
    assert.equal(pending, null, 'recovery has nothing to switch');
    for (const { box, bad } of parts) assertSameTree(describeTree(box.volume), bad);
    assert.deepEqual(unfinished(parts[0]!), []);
  });

  it('are none of them switched when something was written to one after it was prepared', async () => {
    const parts = await damaged();
    const [first, second] = await Promise.all(parts.map(prepared));
    parts[1]!.box.write('orders', 'of the last second');
    const content = describeTree(parts[1]!.box.volume);
    const look = (agent: typeof first) => agent!.session.request('restore.lookOnceMore', {}, { signal: never });
    await look(first);
    await assert.rejects(look(second), /volumeChangedMeanwhile/);
    await second!.session.finish();
    const decision = first!.session.request('restore.decide', { group, direction: 'forward' }, { signal: never });
    await assert.rejects(decision, /given up/);
    await first!.session.finish();
    assertSameTree(describeTree(parts[0]!.box.volume), parts[0]!.bad);
    assertSameTree(describeTree(parts[1]!.box.volume), content);
    assert.deepEqual([unfinished(parts[0]!), decisions(parts[0]!)], [[], []]);
  });

  it('are taken back by agents that end before it is decided', async () => {
    const parts = await damaged();
    for (const { session } of await Promise.all(parts.map(prepared))) await session.finish();
    for (const { box, bad } of parts) assertSameTree(describeTree(box.volume), bad);
    assert.deepEqual(unfinished(parts[0]!), []);
  });

  it('are all switched by recovery when the agents die after it was decided', async () => {
    const parts = await damaged();
    const [first, second] = await Promise.all(parts.map(prepared));
    await first!.session.request('restore.decide', { group, direction: 'forward' }, { signal: never });
    await first!.session.request('restore.switch', {}, { signal: never });
    first!.process.kill('SIGKILL');
    // One that ends by itself, its host being gone, leaves it to recovery as well.
    await second!.session.finish();
    for (const part of parts) {
      assert.ok(await resume(part), part.box.spec.name);
      assertSameTree(describeTree(part.box.volume), part.good);
    }
    assert.deepEqual([unfinished(parts[0]!), decisions(parts[0]!)], [[], []]);
    await first!.session[Symbol.asyncDispose]();
  });

  it('all become what they were when one of them cannot be switched', async () => {
    const parts = await damaged();
    const [first, second] = await Promise.all(parts.map(prepared));
    await first!.session.request('restore.decide', { group, direction: 'forward' }, { signal: never });
    await first!.session.request('restore.switch', {}, { signal: never });
    await second!.session.request('restore.decide', { group, direction: 'back' }, { signal: never });
    // The host dies here: recovery does what was decided.
    for (const { process, session } of [first!, second!]) {
      process.kill('SIGKILL');
      await session[Symbol.asyncDispose]();
    }
    for (const part of parts) {
      assert.ok(await resume(part), part.box.spec.name);
      assertSameTree(describeTree(part.box.volume), part.bad);
    }
    assert.deepEqual([unfinished(parts[0]!), decisions(parts[0]!)], [[], []]);
  });

  it('all become what they were when recovery cannot finish one of them, and has finished none', async () => {
    const parts = await damaged();
    const agents = await Promise.all(parts.map(prepared));
    await agents[0]!.session.request('restore.decide', { group, direction: 'forward' }, { signal: never });
    await agents[0]!.session.request('restore.switch', {}, { signal: never });
    for (const { process, session } of agents) {
      process.kill('SIGKILL');
      await session[Symbol.asyncDispose]();
    }
    const { box, snapshot } = parts[1]!;
    for (const object of box.objectFiles().filter((path) => path.includes(snapshot.id))) fs.truncateSync(object);
    for (const part of parts.toReversed()) {
      const params = { target: part.box.spec, direction: 'decided', orBack: true } as const;
      assert.equal((await part.box.ask('restore.resume', params))?.direction, 'back');
      assertSameTree(describeTree(part.box.volume), part.bad);
    }
    assert.deepEqual([unfinished(parts[0]!), decisions(parts[0]!)], [[], []]);
  });

  it('all become what they were when recovery cannot finish one of them, and has finished the others', async () => {
    const parts = await damaged();
    const agents = await Promise.all(parts.map(prepared));
    await agents[0]!.session.request('restore.decide', { group, direction: 'forward' }, { signal: never });
    for (const { process, session } of agents) {
      process.kill('SIGKILL');
      await session[Symbol.asyncDispose]();
    }
    const { box, snapshot } = parts[1]!;
    for (const object of box.objectFiles().filter((path) => path.includes(snapshot.id))) fs.truncateSync(object);
    const went = [];
    for (const part of [parts[0]!, parts[1]!, parts[0]!]) {
      const params = { target: part.box.spec, direction: 'decided', orBack: true } as const;
      const resumed = await part.box.ask('restore.resume', params);
      went.push(`${resumed?.direction}${resumed?.waits ? ', waits' : ''}`);
    }
    assert.deepEqual(went, ['forward, waits', 'back', 'back']);
    for (const { box, bad } of parts) assertSameTree(describeTree(box.volume), bad);
    assert.deepEqual([unfinished(parts[0]!), decisions(parts[0]!)], [[], []]);
  });

  it('are none of them switched by a decision that comes after one of their agents has given up', async () => {
    const parts = await damaged();
    const [first, second] = await Promise.all(parts.map(prepared));
    // Their host has died: the one hears of that before the other reads the last request.
    await second!.session.finish();
    const decision = first!.session.request('restore.decide', { group, direction: 'forward' }, { signal: never });
    await assert.rejects(decision, /given up/);
    first!.process.kill('SIGKILL');
    await first!.session[Symbol.asyncDispose]();
    for (const part of parts) {
      assert.equal(await resume(part), null);
      assertSameTree(describeTree(part.box.volume), part.bad);
    }
    assert.deepEqual([unfinished(parts[0]!), decisions(parts[0]!)], [[], []]);
  });

  it('leave no decision behind when the last of their agents is killed before it has removed it', async () => {
    const parts = await damaged();
    for (const { session } of await Promise.all(parts.map(prepared))) await session.finish();
    const { box } = parts[0]!;
    fs.mkdirSync(`${box.store}/groups`, { recursive: true });
    fs.writeFileSync(`${box.store}/groups/${group}.json`, '{"format":1,"direction":"forward"}');
    await box.ask('store.clean', { volume: box.spec.name });
    assert.deepEqual(decisions(parts[0]!), []);
  });
});
