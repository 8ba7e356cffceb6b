import assert from 'node:assert/strict';
import { Failure } from '../../src/core/failure';
import { recordOperation } from '../../src/core/timings/recorder';
import type { Run } from '../../src/core/operations';
import { forSafety } from '../../src/core/operations/safetyPart';
import type { PhaseName, TimingRecord } from '../../src/core/timings/record';
import { divided, Waits } from '../../src/core/timings/waits';
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

describe('a phase whose stages run beside one another', () => {
  it('is divided among them, as long as each was waited for, and adds up', () => {
    const clock = handClock();
    const stopwatch = new Stopwatch(clock, 'connect');
    stopwatch.enter('pack');
    clock.pass(20);
    stopwatch.counted(7, 70);
    stopwatch.staged({ pack: 1, compress: 1, upload: 0 });
    clock.pass(20);
    stopwatch.staged({ pack: 1, compress: 0, upload: 3 });
    stopwatch.enter('flush');
    clock.pass(1);
    assert.deepEqual(stopwatch.stop(), {
      totalMs: 41,
      phases: [
        { name: 'connect', ms: 0, files: 0, bytes: 0 },
        { name: 'pack', ms: 10, files: 7, bytes: 70 },
        { name: 'upload', ms: 30, files: 0, bytes: 0 },
        { name: 'flush', ms: 1, files: 0, bytes: 0 },
      ],
    });
  });

  it('has the time of a moment in the innermost stage that is waited for', async () => {
    const { monotonic, pass } = handClock();
    const waits = new Waits<'all' | 'outer' | 'inner'>('all', { outer: 'all', inner: 'outer' }, monotonic);
    const during = (stage: 'outer' | 'inner', ms: number) => waits.during(stage, async () => pass(ms));
    pass(1);
    await during('inner', 2); // nobody waits for the outer one
    await waits.during('outer', async () => {
      pass(4);
      await during('inner', 8);
      pass(16);
    });
    for await (const _ of waits.each(
      'outer',
      (async function* () {
        pass(32);
        yield 1;
      })(),
    ))
      pass(64);
    assert.deepEqual([waits.of('all'), waits.of('outer'), waits.of('inner')], [67, 52, 8]);
    assert.deepEqual(divided({ pack: 1, upload: 6 }, 'upload', { encrypt: 1, upload: 2 }), {
      pack: 1,
      encrypt: 2,
      upload: 4,
    });
    assert.deepEqual(divided({ pack: 1, upload: 6 }, 'upload', {}), { pack: 1, upload: 6 });
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
