import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnContainer, VolumeEngine } from '../engine';
import { Cancelled, type Failure, isFailure } from '../failure';
import { isAtWork } from '../ownership';
import type { Run } from './run';

const pollMs = 300;

type Refusal = Failure<'volumeBusy'> | Failure<'freezeBusy'>;

/**
 * Does work that was refused because another operation holds the volume, or keeps containers frozen, once that one has
 * ended; as often as it takes. A refusal comes before anything is touched, so that the work can simply be done again.
 */
export async function whenFree<T>(engine: VolumeEngine, run: Run, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await untilReleased(engine, error, run);
    }
  }
}

/** Whether waiting is of use. */
export function isRefusal(error: unknown): error is Refusal {
  return isFailure(error, 'volumeBusy') || (isFailure(error, 'freezeBusy') && !error.details.dead);
}

async function untilReleased(engine: VolumeEngine, refusal: Refusal, run: Run): Promise<void> {
  using _ = run.waitForHolder(refusal.details);
  while ((await engine.listOwnContainers(run.signal)).some((found) => holds(engine, found, refusal))) {
    await sleep(pollMs, undefined, { signal: run.signal }).catch(() => {
      throw new Cancelled();
    });
  }
}

function holds(engine: VolumeEngine, found: OwnContainer, refusal: Refusal): boolean {
  if (isFailure(refusal, 'freezeBusy')) return found.role === 'freeze';
  return found.name === engine.helperName(refusal.details.volume) && isAtWork(found, Date.now());
}
