import assert from 'node:assert/strict';
import type Docker from 'dockerode';
import { Cancelled, isFailure } from '../../src/core/failure';
import { Wire } from '../../src/engine/wire';

const wire = new Wire({} as Docker, 'unix:///engine.sock', () => {});
const noAnswer = () => new Promise<never>(() => {});

describe('a request that an engine accepts and never answers', () => {
  it('is given up after its time, which is said, and is told to end', async () => {
    let told: AbortSignal | undefined;
    const asked = wire.call((_, signal) => ((told = signal), noAnswer()), { timeoutMs: 20 });
    await assert.rejects(asked, (error: unknown) => {
      assert.ok(isFailure(error, 'engineNotAnswering'));
      return (assert.deepEqual(error.details, { endpoint: 'unix:///engine.sock', seconds: 0.02 }), true);
    });
    assert.ok(told?.aborted);
  });

  it('is given up at once when it is cancelled', async () => {
    const controller = new AbortController();
    const asked = wire.call(noAnswer, { signal: controller.signal });
    controller.abort();
    await assert.rejects(asked, Cancelled);
    await assert.rejects(wire.call(noAnswer, { signal: controller.signal }), Cancelled);
  });
});
