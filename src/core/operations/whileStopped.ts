import type { ContainerDetails, FrozenContainer, JournalHandle, Watchdog } from '../engine';
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
  /** For the journal, by id: the containers that others may take the place of, and those that stand still already. */
  notes?: ReadonlyMap<string, Pick<FrozenContainer, 'still' | 'replaced'>>;
  /** When `work` is done, they stay stopped for good, with their restart policies off. */
  leaveStopped?: boolean;
}

/** For work that puts other containers in the place of stopped ones. */
export interface Standstill {
  /** Rejects with freezeUndone when somebody has put it all back meanwhile. */
  refuseUndone(container: string): Promise<void>;
  /** Another container has the place of this one, and runs since then: this one is left as it is. */
  replaced(id: string, since: number): void;
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
  { watchdog, containers, graceSeconds, keepStopped, leaveStopped, notes, ...freeze }: Stop,
  run: Run,
  work: (standstill: Standstill) => Promise<T>,
): Promise<{ result: T; frozenMs: number; restarted: Started[] }> {
  if (!watchdog) return { result: await work(nothingStandsStill), frozenMs: 0, restarted: [] };
  const frozen = startOrder(containers).map(({ id, name, restartPolicy, stopSeconds }) => {
    return { id, name, restartPolicy, stopSeconds: graceSeconds ?? stopSeconds, ...notes?.get(id) };
  });
  const replaced = new Map<string, number>();
  const ran = frozen.some(({ still }) => !still);
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
    const left = frozen.filter(({ id }) => !replaced.has(id));
    const { started, refused } = await startAgain(host, left, {
      healthWaitMs,
      signal: run.signal,
      stopsEnd: stopsEnd(journal),
      report,
    });
    const runsSince = left.length > 0 ? performance.now() : Math.max(...replaced.values());
    if (ran) run.count({ downtimeMs: runsSince - stopped });
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
    result = await work({
      refuseUndone: (container) => refuseUndone(handle, container),
      replaced: (id, since) => void replaced.set(id, since),
    });
    frozenMs = performance.now() - stopped;
  } catch (error) {
    // The way back has steps of its own.
    if (isFailure(error)) error.step ??= run.current;
    if (keepStopped?.(error)) run.count({ downtimeMs: performance.now() - stopped });
    else await putBack();
    throw error;
  }
  if (!leaveStopped) return { result, frozenMs, restarted: await putBack() };
  // Who put them back meanwhile took us for dead: they run.
  if (!(await handle.stands())) throw new Failure('freezeUndone', { container: frozen[0]?.name ?? '' });
  await handle.close();
  watchdog.disarm();
  return { result, frozenMs, restarted: [] };
}

async function stopAll(
  { engine }: Host,
  { containers, graceSeconds, handle }: Pick<Stop, 'containers' | 'graceSeconds'> & { handle: JournalHandle },
  run: Run,
): Promise<void> {
  for (const { id, name, restartPolicy } of containers) {
    await refuseUndone(handle, name);
    if (restartPolicy.Name !== '' && restartPolicy.Name !== 'no') await engine.setRestartPolicy(id, { Name: 'no' });
  }
  const stopping = new Map<string, number>();
  await inStopOrder(containers, async ({ id, name, stopSeconds }) => {
    throwIfCancelled(run.signal);
    await refuseUndone(handle, name);
    stopping.set(name, graceSeconds ?? stopSeconds);
    run.waitForContainers('stop', [...stopping.keys()], Math.max(...stopping.values()));
    await engine.stop(id, graceSeconds);
    stopping.delete(name);
  });
}

async function refuseUndone(handle: JournalHandle, container: string): Promise<void> {
  if (!(await handle.stands())) throw new Failure('freezeUndone', { container });
}

const nothingStandsStill: Standstill = { refuseUndone: async () => {}, replaced: () => {} };
