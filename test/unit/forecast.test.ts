import assert from 'node:assert/strict';
import { remainingMs } from '../../src/core/timings/model/eta';
import { forecast, isForecast } from '../../src/core/timings/model/forecast';
import { slowDown } from '../../src/core/timings/model/slowDown';
import type { RunProgress } from '../../src/core/operations';
import { TimeLeft } from '../../src/core/timings/model/timeLeft';
import type { Phase } from '../../src/core/timings/record';
import { timingRecord } from '../fixtures/timingRecords';

const sizes = [1, 2, 3, 5, 8, 13, 21, 34];
const ofEngine = sizes.map((n) => timingRecord({ volume: `v${n}`, totalMs: 200 + 100 * n, bytesMoved: n * 1e6 }));

function msOf(...args: Parameters<typeof forecast>): number {
  const answer = forecast(...args);
  assert.ok(isForecast(answer), JSON.stringify(answer));
  return Math.round(answer.ms);
}

describe('a forecast', () => {
  it('follows the data that is to be moved, and what the same volume took before', () => {
    const about = { kind: 'snapshot', volume: 'new', engine: 'Docker' };
    assert.equal(msOf(ofEngine, { ...about, work: { files: 0, bytes: 10e6 } }), 1_200);
    assert.equal(msOf(ofEngine, { kind: 'snapshot', volume: 'v8' }), 1_000);
    const slow = [1, 2, 3].map(() => timingRecord({ volume: 'slow', totalMs: 3_000, bytesMoved: 13e6 }));
    const ms = msOf([...slow, ...ofEngine], { kind: 'snapshot', volume: 'slow' });
    assert.ok(ms > 2_800 && ms < 3_200, `${ms}`);
  });

  it('is of the same kind, engine and destination only, and says when there is too little', () => {
    const tooLittle = (...args: Parameters<typeof forecast>) => assert.ok(!isForecast(forecast(...args)));
    tooLittle([], { kind: 'snapshot', volume: 'db' });
    tooLittle(ofEngine, { kind: 'restore', volume: 'v8' });
    tooLittle(ofEngine, { kind: 'snapshot', volume: 'v8', engine: 'Podman' });
    tooLittle(ofEngine, { kind: 'snapshot', volume: 'v8', destination: 'nas' });
    tooLittle(ofEngine, { kind: 'snapshot', volume: 'unknown', engine: 'Docker' });
  });
});

describe('the time that is left', () => {
  it('is what the history says, until it is overdue, or what the flow of bytes says where that is longer', () => {
    assert.equal(remainingMs(300, { expectedMs: 1_000 }), 700);
    assert.equal(remainingMs(1_300, { expectedMs: 1_000 }), undefined);
    assert.equal(remainingMs(300, {}), undefined);
    assert.equal(remainingMs(2_000, { flowMs: 8_000 }), 8_000);
    assert.equal(remainingMs(2_000, { expectedMs: 5_000, flowMs: 8_000 }), 8_000);
    assert.equal(remainingMs(2_000, { expectedMs: 20_000, flowMs: 8_000 }), 18_000);
    assert.equal(remainingMs(9_000, { expectedMs: 5_000, flowMs: 8_000 }), 8_000);
  });
});

describe('the progress of an operation', () => {
  it('counts down while nothing happens, and says when it is overdue, but not of time that it waits for another', () => {
    let now = 0;
    const said: RunProgress[] = [];
    const timeLeft = new TimeLeft(
      (progress) => said.push(progress),
      () => now,
    );
    const at = (ms: number, report?: Partial<RunProgress>) => {
      now = ms;
      if (report) timeLeft.report({ phase: 'stop', files: 0, bytes: 0, ...report });
      else timeLeft.again();
      const { secondsLeft, overdueMs } = said.at(-1)!;
      return [secondsLeft, overdueMs];
    };
    timeLeft.again();
    assert.deepEqual(said, []);
    assert.deepEqual(at(0, {}), [undefined, undefined]);
    timeLeft.expectedMs = 3_000;
    assert.deepEqual(at(1_000), [2, undefined]);
    assert.deepEqual(at(1_000, { phase: 'wait' }), [2, undefined]);
    assert.deepEqual(at(9_000), [2, undefined]);
    assert.deepEqual(at(9_000, {}), [2, undefined]);
    assert.deepEqual(at(10_000), [1, undefined]);
    assert.deepEqual(at(14_500), [undefined, 3_000]);
    assert.deepEqual(at(15_000, { secondsLeft: 8 }), [8, 3_000]);
    assert.deepEqual(at(17_000), [6, 3_000]);
  });
});

describe('a slow-down', () => {
  const phases = (stop: number): Phase[] => [
    { name: 'scan', ms: 400, files: 0, bytes: 0 },
    { name: 'stop', ms: stop, files: 0, bytes: 0 },
  ];
  const before = [1, 2, 3].map(() => timingRecord({ totalMs: 1_000, phases: phases(600) }));

  it('is one that took over twice what was expected, and names the phase that did it', () => {
    const slow = timingRecord({ totalMs: 10_400, phases: phases(10_000), expectedMs: 1_000 });
    assert.deepEqual(slowDown(slow, before), {
      expectedMs: 1_000,
      totalMs: 10_400,
      phase: 'stop',
      phaseMs: 10_000,
      usualMs: 600,
    });
  });

  it('of a first operation on a volume is compared with those of other volumes, to the same destination', () => {
    const nas = { destination: { name: 'nas', type: 'folder' } };
    const first = timingRecord({ volume: 'new', totalMs: 10_400, phases: phases(10_000), expectedMs: 1_000, ...nas });
    const there = timingRecord({ volume: 'other', phases: phases(5_000), ...nas });
    assert.equal(slowDown(first, [...before, there])?.usualMs, 5_000);
    const alone = slowDown(first, before);
    assert.deepEqual([alone?.phase, alone?.usualMs], ['stop', undefined]);
  });

  it('is none when it took less, when it is short, when it waited for another operation, or failed', () => {
    assert.equal(slowDown(timingRecord({ totalMs: 1_900, expectedMs: 1_000 }), before), undefined);
    assert.equal(slowDown(timingRecord({ totalMs: 500, expectedMs: 100 }), before), undefined);
    assert.equal(slowDown(timingRecord({ totalMs: 9_000, expectedMs: 1_000, outcome: 'failed' }), before), undefined);
    const waited: Phase[] = [{ name: 'wait', ms: 9_000, files: 0, bytes: 0 }, ...phases(600)];
    assert.equal(slowDown(timingRecord({ totalMs: 10_000, phases: waited, expectedMs: 1_000 }), before), undefined);
  });
});
