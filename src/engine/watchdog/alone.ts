import { setTimeout as sleep } from 'node:timers/promises';
import type { FreezeJournal, VolumeEngine } from '../../core/engine';
import { isOwned, isSameOwner } from '../../core/ownership';

export interface AloneOptions {
  pollMs: number;
  /** How many looks in a row find nobody: an owner that lives may be about to open another helper for one it lost. */
  looks: number;
}

/**
 * Resolves true when a journal stands and no helper of its owner is at work any more: then the owner hangs, and its agent
 * has taken it for dead, or it goes on without one, and has nothing left to do but to start what it stopped. False when
 * `signal` ends the watching. An engine that does not answer tells nothing.
 */
export async function untilAlone(
  connect: () => Promise<Pick<VolumeEngine, 'listOwnContainers'>>,
  journal: FreezeJournal,
  { pollMs, looks }: AloneOptions,
  signal: AbortSignal,
): Promise<boolean> {
  let engine: Pick<VolumeEngine, 'listOwnContainers'> | undefined;
  for (let alone = 0; alone < looks;) {
    try {
      await sleep(pollMs, undefined, { signal });
      engine ??= await connect();
      const own = await engine.listOwnContainers(signal);
      const stands = own.some(({ journal: found }) => found && isSame(found, journal));
      alone = stands && !isOwned(journal, own, Date.now()) ? alone + 1 : 0;
    } catch {
      if (signal.aborted) return false;
    }
  }
  return !signal.aborted;
}

function isSame(a: FreezeJournal, b: FreezeJournal): boolean {
  return a.at === b.at && isSameOwner(a.owner, b.owner);
}
