import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { FreezeJournal } from '../../src/core/engine';
import { Cancelled, isFailure } from '../../src/core/failure';
import type { DockerEngine } from '../../src/engine';
import { journalLabels as labelsOf } from '../../src/engine/labels';
import { never, TestEngine, testImage } from '../fixtures/engine';
import { rejectsWith } from '../fixtures/failures';

describe('the freeze journal', () => {
  let test: TestEngine;
  let second: DockerEngine;

  before(async () => {
    test = await TestEngine.connect();
    second = await test.connectAgain();
  });
  after(async () => {
    second.dispose();
    await test[Symbol.asyncDispose]();
  });

  const app = randomUUID();
  const journal = (id = app): FreezeJournal => ({
    format: 1,
    operation: 'snapshot',
    volumes: ['data'],
    action: 'pause',
    containers: [{ id, name: 'web "1"', restartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 } }],
    owner: { host: 'here', pid: 4711 },
    helpers: [test.engine.helperName('data')],
    at: new Date().toISOString(),
  });

  it('says what is frozen, to everyone, until it is closed', async () => {
    const written = journal();
    const handle = await test.engine.openJournal(written, 0, never);
    const [found] = await second.listOwnContainers(never);
    assert.equal(found?.role, 'freeze');
    assert.equal(found.state, 'created');
    assert.deepEqual(found.journal, written);
    assert.ok(Math.abs(Date.now() - found.createdAt) < 10_000);
    await handle.close();
    await handle.close();
    assert.deepEqual(await second.listOwnContainers(never), []);
  });

  it('is one for the whole engine, and names its holder', async () => {
    const handle = await test.engine.openJournal(journal(), 0, never);
    await assert.rejects(second.openJournal(journal(), 300, never), (error) => {
      assert.ok(isFailure(error));
      assert.equal(error.code, 'freezeBusy');
      assert.deepEqual(error.details, { volume: 'data', operation: 'snapshot', host: 'here', pid: 4711, dead: false });
      return true;
    });
    await handle.close();
  });

  it('is waited for', async () => {
    const first = await test.engine.openJournal(journal(), 0, never);
    const waiting = second.openJournal(journal(), 10_000, never);
    setTimeout(() => void first.close(), 600);
    await (await waiting).close();
  });

  it('is waited for no longer than the user likes', async () => {
    const handle = await test.engine.openJournal(journal(), 0, never);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 300);
    await assert.rejects(second.openJournal(journal(), 10_000, controller.signal), Cancelled);
    await handle.close();
  });

  it('of a dead owner is not waited for', async () => {
    const handle = await test.engine.openJournal(journal(), 0, never);
    const started = performance.now();
    await assert.rejects(second.openJournal(journal(), 60_000, never), (error) => {
      return isFailure(error, 'freezeBusy') && error.details.dead;
    });
    assert.ok(performance.now() - started < 15_000);
    await handle.close();
  });

  it('can be claimed by one recoverer only', async () => {
    const handle = await test.engine.openJournal(journal(), 0, never);
    for (let round = 0; round < 3; round++) {
      const [found] = await test.engine.listOwnContainers(never);
      assert.ok(found);
      const claims = await Promise.all(
        Array.from({ length: 8 }, (_, index) => (index % 2 ? second : test.engine).claim(found)),
      );
      assert.equal(claims.filter(Boolean).length, 1, `round ${round}`);
      assert.equal(await second.claim(found), false);
    }
    await handle.close();
    const [none] = await test.engine.listOwnContainers(never);
    assert.equal(none, undefined);
  });

  const listed = () => test.engine.listOwnContainers(never);
  async function claimedJournal() {
    const handle = await test.engine.openJournal(journal(), 0, never);
    const [found] = await listed();
    assert.ok(found && (await second.claim(found)));
    return handle;
  }

  it('is held while another recovers it', async () => {
    const recovering = await claimedJournal();
    await rejectsWith('freezeBusy', test.engine.openJournal(journal(), 300, never), { volume: 'data' });
    assert.equal((await listed()).length, 1);
    const waiting = test.engine.openJournal(journal(), 20_000, never);
    setTimeout(() => void recovering.close(), 6_000);
    await (await waiting).close();
    assert.deepEqual(await listed(), []);
  });

  it('is not held for other containers while another recovers it', async () => {
    const recovering = await claimedJournal();
    await (await test.engine.openJournal(journal(randomUUID()), 0, never)).close();
    await recovering.close();
  });

  it('of a recoverer that died can be claimed again, and says so to who waited', async () => {
    const recovering = await claimedJournal();
    await rejectsWith('freezeBusy', test.engine.openJournal(journal(), 7_000, never), { dead: true });
    const [found] = await listed();
    assert.ok(found && (await test.engine.claim(found)));
    await recovering.close();
  });

  it('can be claimed beside one that is left of an earlier claim', async () => {
    const [first, next] = [await claimedJournal(), test.name('next')];
    const { names } = test.engine.connection;
    const leftover = await test.docker.createContainer({ name: next, Image: testImage, Labels: labelsOf(journal()) });
    await leftover.rename({ name: names.freeze });
    const found = (await listed()).find(({ name }) => name === names.freeze);
    assert.ok(found && (await second.claim(found)));
    await Promise.all([first.close(), test.engine.removeOwnContainer(leftover.id)]);
    assert.deepEqual(await listed(), []);
  });

  it('is not taken for a claim of another when the engine refuses to rename', async () => {
    const handle = await test.engine.openJournal(journal(), 0, never);
    const rival = await test.connectAgain();
    const { wire } = rival.connection;
    const get = wire.docker.getContainer.bind(wire.docker);
    const refused = Object.assign(new Error('refused'), { statusCode: 500, json: { message: 'disk busy' } });
    wire.docker.getContainer = (id) => Object.assign(get(id), { rename: () => Promise.reject(refused) });
    const [found] = await listed();
    await rejectsWith('engineError', rival.claim(found!), { status: 500 });
    rival.dispose();
    await handle.close();
  });
});
