import { setTimeout as sleep } from 'node:timers/promises';
import type { FreezeJournal, VolumeEngine } from '../engine';
import { isRunning } from './users';

const lookMs = 200;
/** For an engine that is slow to begin. */
const marginMs = 2_000;

/** When the stops that a journal announces have ended, in ms since the epoch: at worst one came after the other. */
export function stopsEnd({ at, containers }: Pick<FreezeJournal, 'at' | 'containers'>): number {
  const graceSeconds = containers.reduce((sum, { stopSeconds = 0 }) => sum + stopSeconds, 0);
  // Another clock may have written it.
  return Math.min(Date.parse(at), Date.now()) + graceSeconds * 1000 + marginMs;
}

/**
 * Starts a container that may have been asked to stop a moment ago: an engine goes on with that when whoever asked has
 * died, and answers meanwhile that the container runs.
 */
export async function startForGood(engine: VolumeEngine, id: string, until: number): Promise<void> {
  if (await engine.start(id)) return;
  for (; Date.now() < until; await sleep(lookMs)) {
    const container = await engine.inspectContainer(id, new AbortController().signal);
    if (!isRunning(container) && (await engine.start(id))) return;
  }
}
