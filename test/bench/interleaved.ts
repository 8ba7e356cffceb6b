import { settle, type Bed } from './bed';
import type { TimeName } from './times';

export interface Contestant {
  name: TimeName;
  run: () => Promise<unknown>;
}

/**
 * Times the contestants one after the other, from a settled disk each; another one begins in every round, so that none
 * always profits from what the one before it left in the caches.
 */
export async function interleaved(bed: Bed, round: number, contestants: readonly Contestant[]): Promise<void> {
  const first = round % contestants.length;
  for (const { name, run } of [...contestants.slice(first), ...contestants.slice(0, first)]) {
    await settle(bed);
    const started = performance.now();
    await run();
    bed.times[name].push(performance.now() - started);
  }
}
