import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerDetails, VolumeEngine } from '../engine';
import { isFailure } from '../failure';
import type { Host, Run } from './run';

/** A container that was started again. */
export interface Started {
  id: string;
  name: string;
  /** When the engine had started it, by `performance.now()`. */
  at: number;
  /** When it had ended before that, by the engine's clock. */
  endedAt?: string;
}

/** A container that ran before, and is not up again. */
export interface NotUp {
  container: string;
  /** The engine refused to start it / it ended / its health check failed / it had no verdict within the limit. */
  why: 'refused' | 'ended' | 'unhealthy' | 'late';
  /** The engine's words, for `refused`. */
  reason?: string;
  /** For `ended`, where it is known. */
  exitCode?: number;
  /** The last lines that it wrote since its start. May hold secrets: for the user's eyes only, never kept. */
  log: string[];
}

/** Without a health check, a container that still runs this long after its start is up. */
const settleMs = 1_000;
const pollMs = 100;
const logLines = 12;

/** The last thing of an operation that stopped containers: whether they came up. A cancel ends the waiting only. */
export async function waitUntilUp({ engine, settings }: Host, started: readonly Started[], run: Run): Promise<void> {
  if (started.length === 0 || settings.healthWaitMs === 0) return;
  run.phase('health');
  const waiting = new Set(started);
  const report = () =>
    run.waitForContainers(
      'health',
      [...waiting].map(({ name }) => name),
      settings.healthWaitMs / 1000,
    );
  report();
  await Promise.all(
    started.map(async (each) => {
      const notUp = await untilUp(engine, each, settings.healthWaitMs, run.signal);
      if (notUp) run.warn(notUp);
      waiting.delete(each);
      if (waiting.size > 0) report();
    }),
  );
}

/**
 * Waits until a container is up, at most `limitMs` from its start. Resolves with undefined when it is, and when that cannot
 * be known: it was removed, the engine is gone, or nobody waits any more.
 */
export async function untilUp(
  engine: VolumeEngine,
  started: Started,
  limitMs: number,
  signal: AbortSignal,
): Promise<NotUp | undefined> {
  try {
    for (;;) {
      const container = await engine.inspectContainer(started.id, signal);
      const verdict = judge(container, performance.now() - started.at, limitMs);
      if (verdict === 'up') return undefined;
      if (verdict !== 'waiting')
        return await describe(engine, container, { why: verdict, since: started.endedAt }, signal);
      await sleep(pollMs, undefined, { signal });
    }
  } catch (error) {
    if (signal.aborted || isFailure(error)) return undefined;
    throw error;
  }
}

/** What is to be thought of a container so many milliseconds after its start. */
export function judge(
  { state, lastRun: { health, restarts } }: ContainerDetails,
  sinceStartMs: number,
  limitMs: number,
): 'up' | 'waiting' | 'ended' | 'unhealthy' | 'late' {
  // Someone paused it: then someone looks after it.
  if (state === 'paused') return 'up';
  // Its restart policy may have it running at this moment.
  if (state !== 'running' || restarts > 0) return 'ended';
  if (health === 'starting') return sinceStartMs < limitMs ? 'waiting' : 'late';
  if (health !== undefined) return health === 'healthy' ? 'up' : 'unhealthy';
  return sinceStartMs < Math.min(settleMs, limitMs) ? 'waiting' : 'up';
}

async function describe(
  engine: VolumeEngine,
  { id, name, state, lastRun: { exitCode } }: ContainerDetails,
  { why, since }: { why: NotUp['why']; since: string | undefined },
  signal: AbortSignal,
): Promise<NotUp> {
  // What it wrote before it was stopped would mislead. When it was started is no bound: engines note that only after
  // its first lines may have been written.
  const log = await engine.readLog(id, { lines: logLines, ...(since && { since }) }, signal);
  return { container: name, why, ...(why === 'ended' && state !== 'running' && { exitCode }), log };
}
