import assert from 'node:assert/strict';
import type { Volume } from '../../src/core/engine';
import { testImage } from '../fixtures/engine';
import { rejectsWith } from '../fixtures/failures';
import { Operations } from '../fixtures/operations';

const RealDate = Date;
const dayMs = 86_400_000;

/** From now on our own clock is wrong; the engine's is not. */
function shiftOwnClock(ms: number): void {
  globalThis.Date = class extends RealDate {
    constructor(...given: unknown[]) {
      super(...((given.length > 0 ? given : [RealDate.now() + ms]) as [number]));
    }

    static override now(): number {
      return RealDate.now() + ms;
    }
  } as DateConstructor;
}

for (const [what, ms] of [
  ['a day ahead of', dayMs],
  ['a day behind', -dayMs],
] as const) {
  describe(`a clock ${what} the engine's`, function () {
    let ops: Operations;
    let volume: Volume;
    before(async () => {
      ops = await Operations.connect();
      volume = await ops.test.createVolume();
      await ops.test.run(volume, ['sh', '-c', 'echo good > /data/file']);
      await ops.test.startContainer([volume]);
      shiftOwnClock(ms);
    });
    after(async () => {
      globalThis.Date = RealDate;
      await ops[Symbol.asyncDispose]();
    });

    it('changes neither the order nor the times of snapshots, and no time is negative', async () => {
      const first = await ops.snapshot(volume);
      const { safety } = await ops.restore(volume, first);
      const last = await ops.snapshot(volume);
      assert.deepEqual([first.sequence, safety.sequence, last.sequence], [1, 2, 3]);
      for (const { time } of [first, safety, last]) {
        assert.ok(Math.abs(RealDate.parse(time) - RealDate.now()) < 60_000, `${time} is the engine's`);
      }
      for (const { totalMs, downtimeMs, phases } of ops.records) {
        assert.ok(totalMs > 0 && downtimeMs >= 0 && phases.every((phase) => phase.ms >= 0));
      }
      await ops.recover();
      await ops.assertNothingLeft();
    });

    it('does not take a helper that was made a moment ago for a dead one', async () => {
      const helper = await ops.test.docker.createContainer({
        name: ops.test.engine.helperName(volume.name),
        Image: testImage,
        Labels: { 'dockervolumes.role': 'helper', 'dockervolumes.lock': volume.name },
      });
      await rejectsWith('volumeBusy', ops.snapshot(volume));
      await ops.recover();
      await helper.remove(); // and it is there to be removed
    });
  });
}
