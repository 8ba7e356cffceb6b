import assert from 'node:assert/strict';
import { Failure } from '../../src/core/failure';
import { recordOperation } from '../../src/core/timings/recorder';
import type { Run } from '../../src/core/operations';
import { forSafety } from '../../src/core/operations/safetyPart';
import type { PhaseName, TimingRecord } from '../../src/core/timings/record';
import { Stopwatch } from '../../src/core/timings/stopwatch';

/** A clock that is moved by hand; its date may step back as real ones do. */
function handClock() {
  let now = 1000;
  return { monotonic: () => now, date: () => new Date(0), pass: (ms: number) => void (now += ms) };
}

describe('stopwatch', () => {
  it('divides the whole time among the phases, adding up those of one name', () => {
    const clock = handClock();
    const stopwatch = new Stopwatch(clock, 'connect');
    clock.pass(5);
    stopwatch.enter('scan');
    stopwatch.counted(10, 0);
    clock.pass(7);
    stopwatch.enter('copy');
    clock.pass(1);
    stopwatch.enter('scan');
    stopwatch.counted(3, 0);
    clock.pass(2);
    const { totalMs, phases } = stopwatch.stop();
    assert.equal(totalMs, 15);
    assert.deepEqual(phases, [
      { name: 'connect', ms: 5, files: 0, bytes: 0 },
      { name: 'scan', ms: 9, files: 13, bytes: 0 },
      { name: 'copy', ms: 1, files: 0, bytes: 0 },
    ]);
  });
});

describe('a recorded operation', () => {
  const record = async (work: Parameters<typeof recordOperation<void>>[1], clock = handClock()) => {
    const saved: TimingRecord[] = [];
    const shown: string[] = [];
    const outcome = await recordOperation(
      {
        kind: 'snapshot',
        volume: 'db',
        engine: 'test',
        signal: new AbortController().signal,
        save: async (it) => void saved.push(it),
        onProgress: ({ phase }) => shown.push(phase),
        clock,
      },
      work,
    ).catch((error: unknown) => error);
    assert.equal(saved.length, 1);
    return { record: saved[0]!, shown, outcome };
  };

  it('shows and times a held phase whatever the agent does within it', async () => {
    const clock = handClock();
    const { record: done, shown } = await record(async (run) => {
      await run.hold('freeze', async () => {
        run.progress({ phase: 'scan', files: 1, bytes: 0 });
        clock.pass(20);
      });
      run.progress({ phase: 'flush', files: 0, bytes: 0 });
      clock.pass(3);
    }, clock);
    assert.deepEqual(
      done.phases.map(({ name, ms }) => [name, ms]),
      [
        ['connect', 0],
        ['freeze', 20],
        ['flush', 3],
      ],
    );
    assert.ok(!shown.includes('scan'));
    assert.equal(done.totalMs, 23);
    assert.equal(done.outcome, 'done');
  });

  it('keeps the phases of the safety snapshot apart from its own', async () => {
    const clock = handClock();
    const { record: done } = await record(async (run) => {
      const enter = (phase: PhaseName, by: Run, ms: number) => {
        by.progress({ phase, files: 1, bytes: 0 });
        clock.pass(ms);
      };
      enter('scan', forSafety(run), 5);
      enter('plan', run, 1);
      await run.hold('wait', async () => clock.pass(2));
      enter('scan', run, 3);
      enter('scan', forSafety(run, 'flush'), 1);
      enter('flush', forSafety(run, 'flush'), 7);
      await run.hold('wait', async () => clock.pass(2));
      clock.pass(1);
      enter('flush', run, 20);
    }, clock);
    assert.deepEqual(
      done.phases.map(({ name, part = 'own', ms }) => `${part} ${name} ${ms}`),
      ['own connect 0', 'safety scan 5', 'own plan 1', 'own wait 4', 'own scan 4', 'safety flush 8', 'own flush 20'],
    );
    assert.equal(done.totalMs, 42);
  });

  it('names the step that failed, and leaves a record of it', async () => {
    const { record: failed, outcome } = await record(async (run) => {
      run.phase('copy');
      return Promise.reject(new Failure('storeFull', { needed: 2, free: 1 }));
    });
    assert.equal((outcome as Failure).step, 'copy');
    assert.deepEqual([failed.outcome, failed.failure, failed.failedIn], ['failed', 'storeFull', 'copy']);
  });
});
