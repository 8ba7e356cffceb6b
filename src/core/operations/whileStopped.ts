import type { ContainerDetails, FrozenContainer, Watchdog } from '../engine';
import { startOrder } from './containerOrder';
import { openFreezeJournal, type Freeze } from './freeze';
import type { Host, Run } from './run';
import { startAgain } from './startAgain';

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
 * cut starts one on half-switched files; then starts them in dependency order.
 *
 * When `work` says that the volume must not be used (`keepStopped`), they stay stopped and the journal stays for
 * recovery to finish.
 */
export async function whileStopped<T>(
  host: Host,
  { watchdog, containers, graceSeconds, keepStopped, ...freeze }: Stop,
  run: Run,
  work: () => Promise<T>,
): Promise<{ result: T; frozenMs: number; restarted: string[] }> {
  if (!watchdog) return { result: await work(), frozenMs: 0, restarted: [] };
  const frozen = startOrder(containers).map(({ id, name, restartPolicy }) => ({ id, name, restartPolicy }));
  run.phase('stop');
  const { journal, handle } = await openFreezeJournal(host, { ...freeze, watchdog }, 'stop', frozen, run);
  watchdog.arm(journal, Infinity);
  const started = performance.now();
  const putBack = async () => {
    run.phase('start');
    // When it is not known what runs, this rejects, and the journal stays for the watchdog and for recovery.
    const [refusal] = await startAgain(host, frozen);
    await handle.close();
    watchdog.disarm();
    // A container that cannot be started is said, and not tried again.
    if (refusal) throw refusal;
  };
  let keep = false;
  try {
    await stopAll(host, frozen, graceSeconds);
    const result = await work();
    return { result, frozenMs: performance.now() - started, restarted: frozen.map(({ name }) => name) };
  } catch (error) {
    keep = keepStopped?.(error) ?? false;
    throw error;
  } finally {
    if (!keep) await putBack();
    run.count({ downtimeMs: performance.now() - started });
  }
}

async function stopAll(
  { engine }: Host,
  inStartOrder: readonly FrozenContainer[],
  graceSeconds: number | undefined,
): Promise<void> {
  for (const { id, restartPolicy } of inStartOrder) {
    if (restartPolicy.Name !== '' && restartPolicy.Name !== 'no') await engine.setRestartPolicy(id, { Name: 'no' });
  }
  for (const { id } of [...inStartOrder].reverse()) await engine.stop(id, graceSeconds);
}
