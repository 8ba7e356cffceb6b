import type { ContainerDetails, JournalHandle, Watchdog } from '../engine';
import { Failure, isFailure, throwIfCancelled } from '../failure';
import type { Started } from './comingUp';
import { inStopOrder, startOrder } from './containerOrder';
import { openFreezeJournal, type Freeze } from './freeze';
import type { Host, Run } from './run';
import { startAgain } from './startAgain';
import { stopsEnd } from './stopUnderWay';

export interface Stop extends Omit<Freeze, 'watchdog'> {
  containers: readonly ContainerDetails[];
  /** Needed when there are containers to stop. */
  watchdog: Watchdog | undefined;
  /** How long a container may take to stop; as long as it asks for itself when absent. */
  graceSeconds?: number;
  /** Whether `work` failed in a way that leaves the volume unfit for use. */
  keepStopped?: (error: unknown) => boolean;
}

/**
 * Runs `work` while the containers are stopped, with their restart policies off so that neither the engine nor a power
 * cut starts one on half-switched files; then starts them in dependency order. Whether they come up is for
 * `waitUntilUp`, when everything else is done.
 *
 * Who hangs may wake up when the watchdog has undone it all: then nothing is touched any more.
 *
 * When `work` says that the volume must not be used (`keepStopped`), they stay stopped and the journal stays for
 * recovery to finish.
 */
export async function whileStopped<T>(
  host: Host,
  { watchdog, containers, graceSeconds, keepStopped, ...freeze }: Stop,
  run: Run,
  work: () => Promise<T>,
): Promise<{ result: T; frozenMs: number; restarted: Started[] }> {
  if (!watchdog) return { result: await work(), frozenMs: 0, restarted: [] };
  const frozen = startOrder(containers).map(({ id, name, restartPolicy, stopSeconds }) => {
    return { id, name, restartPolicy, stopSeconds: graceSeconds ?? stopSeconds };
  });
  run.phase('stop');
  const { journal, handle } = await openFreezeJournal(host, { ...freeze, watchdog }, 'stop', frozen, run);
  watchdog.arm(journal, Infinity);
  const stopped = performance.now();
  const putBack = async (): Promise<Started[]> => {
    if (!(await handle.stands())) {
      watchdog.disarm();
      return [];
    }
    const { healthWaitMs } = host.settings;
    const report = (phase: 'start' | 'health', names: string[]) =>
      run.waitForContainers(phase, names, phase === 'health' ? healthWaitMs / 1000 : undefined);
    run.phase('start');
    // When it is not known what runs, this rejects, and the journal stays for the watchdog and for recovery.
    const { started, refused } = await startAgain(host, frozen, {
      healthWaitMs,
      signal: run.signal,
      stopsEnd: stopsEnd(journal),
      report,
    });
    run.count({ downtimeMs: performance.now() - stopped });
    await handle.close();
    watchdog.disarm();
    // A container that cannot be started is said, and not tried again.
    for (const notUp of refused) run.warn(notUp);
    return started;
  };
  let result: T;
  let frozenMs: number;
  try {
    await stopAll(host, { containers, graceSeconds, handle }, run);
    result = await work();
    frozenMs = performance.now() - stopped;
  } catch (error) {
    // The way back has steps of its own.
    if (isFailure(error)) error.step ??= run.current;
    if (keepStopped?.(error)) run.count({ downtimeMs: performance.now() - stopped });
    else await putBack();
    throw error;
  }
  return { result, frozenMs, restarted: await putBack() };
}

async function stopAll(
  { engine }: Host,
  { containers, graceSeconds, handle }: Pick<Stop, 'containers' | 'graceSeconds'> & { handle: JournalHandle },
  run: Run,
): Promise<void> {
  const refuseUndone = async (container: string) => {
    if (!(await handle.stands())) throw new Failure('freezeUndone', { container });
  };
  for (const { id, name, restartPolicy } of containers) {
    await refuseUndone(name);
    if (restartPolicy.Name !== '' && restartPolicy.Name !== 'no') await engine.setRestartPolicy(id, { Name: 'no' });
  }
  const stopping = new Map<string, number>();
  await inStopOrder(containers, async ({ id, name, stopSeconds }) => {
    throwIfCancelled(run.signal);
    await refuseUndone(name);
    stopping.set(name, graceSeconds ?? stopSeconds);
    run.waitForContainers('stop', [...stopping.keys()], Math.max(...stopping.values()));
    await engine.stop(id, graceSeconds);
    stopping.delete(name);
  });
}
