import assert from 'node:assert/strict';
import type { PartProgress, Run } from '../../src/core/operations/run';
import { withRate, withTimeLeft } from '../../src/core/operations/withRate';

describe('the progress of something long', () => {
  let now = 0;
  let shown: PartProgress | undefined;
  const run = { progress: (progress: PartProgress) => (shown = progress) } as unknown as Run;
  const clock = () => now;
  const after = (ms: number, to: Run, progress: Partial<PartProgress>) => {
    now += ms;
    to.progress({ phase: 'pack', files: 0, bytes: 0, ...progress });
    return { rate: shown?.bytesPerSecond, left: shown?.secondsLeft };
  };

  it('says how fast it is and how long the rest takes, once that can be known', () => {
    const rated = withRate(run, clock);
    assert.deepEqual(after(0, rated, {}), { rate: undefined, left: undefined });
    assert.deepEqual(after(500, rated, { bytes: 50, totalBytes: 400 }), { rate: undefined, left: undefined });
    assert.deepEqual(after(1_500, rated, { bytes: 100, totalBytes: 400 }), { rate: 50, left: 6 });
    assert.deepEqual(after(2_000, rated, { bytes: 400, totalBytes: 400 }), { rate: 100, left: undefined });
    assert.deepEqual(after(0, rated, { phase: 'flush', bytes: 1, totalBytes: 2 }), {
      rate: undefined,
      left: undefined,
    });
  });

  it('says it by the share that is done, where the whole is not known', () => {
    let share = 0;
    const rated = withTimeLeft(withRate(run, clock), () => share, clock);
    assert.deepEqual(after(1_000, rated, { bytes: 100 }), { rate: undefined, left: undefined });
    share = 0.25;
    assert.deepEqual(after(1_000, rated, { bytes: 200 }), { rate: 200, left: 6 });
  });
});
