import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { FreezeJournal } from '../../src/core/engine';
import { Cancelled, isFailure } from '../../src/core/failure';
import type { DockerEngine } from '../../src/engine';
import { never, TestEngine } from '../fixtures/engine';

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

  const journal = (): FreezeJournal => ({
    format: 1,
    operation: 'snapshot',
    volume: 'data',
    action: 'pause',
    containers: [{ id: randomUUID(), name: 'web "1"', restartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 } }],
    owner: { host: 'here', pid: 4711 },
    helper: test.engine.helperName('data'),
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
      assert.deepEqual(error.details, { volume: 'data', operation: 'snapshot', host: 'here', pid: 4711, dead: 0 });
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
      return isFailure(error, 'freezeBusy') && error.details.dead === 1;
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
    // Claimed, it is no lock any more.
    await (await second.openJournal(journal(), 0, never)).close();
    await handle.close();
    const [none] = await test.engine.listOwnContainers(never);
    assert.equal(none, undefined);
  });
});
