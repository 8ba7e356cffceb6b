import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { Pace } from '../../src/agent/pace';
import { Cancelled } from '../../src/core/failure';

/** A rejection that nobody hears ends the agent. */
describe('work that a cancel does not wait for', () => {
  const unheard: unknown[] = [];
  const note = (reason: unknown) => unheard.push(reason);
  before(() => process.on('unhandledRejection', note));
  after(() => process.off('unhandledRejection', note));
  afterEach(() => assert.deepEqual(unheard.splice(0), []));

  const waitFor = (work: Promise<unknown>, { signal }: AbortController) => new Pace(signal, () => {}).orCancelled(work);
  const failSoon = async () => {
    await setTimeout(1);
    throw new Error('too late');
  };

  it('may fail when it was begun before the cancel', async () => {
    const cancel = new AbortController();
    const waited = waitFor(failSoon(), cancel);
    cancel.abort();
    await assert.rejects(waited, Cancelled);
    await setTimeout(20);
  });

  it('may fail when it was begun after the cancel', async () => {
    const cancel = new AbortController();
    cancel.abort();
    await assert.rejects(waitFor(failSoon(), cancel), Cancelled);
    await setTimeout(20);
  });
});
