import type {
  Container,
  ContainerDetails,
  FreezeJournal,
  FrozenContainer,
  JournalHandle,
  Volume,
  Watchdog,
} from '../engine';
import { Cancelled, Failure, isFailure, isRefusal } from '../failure';
import type { OperationKind } from '../timings/record';
import { startOrder } from './containerOrder';
import { recover } from './recover';
import type { Host, Run } from './run';
import { startAgain } from './startAgain';
import { isWriting } from './users';

/** How long to wait for another freeze on the same engine; freezes are short. */
const journalWaitMs = 30_000;
/** The watchdog lets us thaw ourselves first. */
const watchdogSlackMs = 1_000;

interface Freeze {
  operation: OperationKind;
  volume: Volume;
  watchdog: Watchdog;
}

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
 * Runs `work` while the containers are paused, at most for the budget, and lets them run on whatever happens.
 * Rejects with freezeOverBudget, or freezeUndone when someone else let one of them run meanwhile.
 */
export async function whilePaused<T>(
  host: Host,
  freeze: Freeze & { containers: readonly Container[] },
  run: Run,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{ result: T; frozenMs: number }> {
  const { engine, settings } = host;
  const frozen = freeze.containers.map(({ id, name }) => ({ id, name, restartPolicy: { Name: '' } }));
  const { journal, handle } = await openJournal(host, freeze, 'pause', frozen, run);
  freeze.watchdog.arm(journal, settings.freezeBudgetMs + watchdogSlackMs);
  const started = performance.now();
  // Those that may be paused because of us; one that the user paused meanwhile is refused, and stays paused.
  const ours = new Set(frozen);
  const pause = async (container: FrozenContainer) => {
    try {
      await engine.pause(container.id);
    } catch (error) {
      if (isRefusal(error)) ours.delete(container);
      throw error;
    }
  };
  let frozenMs: number | undefined;
  try {
    const result = await run.hold('freeze', async () => {
      try {
        return await withinBudget(settings.freezeBudgetMs, run.signal, async (signal) => {
          await settleAll(frozen.map((container) => pause(container)));
          const value = await work(signal);
          await checkStillFrozen(host, freeze.volume, frozen);
          return value;
        });
      } finally {
        await settleAll([...ours].map(({ id }) => engine.unpause(id)));
        frozenMs = performance.now() - started;
        run.count({ downtimeMs: frozenMs });
      }
    });
    return { result, frozenMs: frozenMs! };
  } finally {
    // What could not be thawed is left to the watchdog and to recovery, which need the journal.
    if (frozenMs !== undefined) {
      await handle.close();
      freeze.watchdog.disarm();
    }
  }
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
  const { journal, handle } = await openJournal(host, { ...freeze, watchdog }, 'stop', frozen, run);
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

async function openJournal(
  host: Host,
  freeze: Freeze,
  action: FreezeJournal['action'],
  containers: FrozenContainer[],
  run: Run,
): Promise<{ journal: FreezeJournal; handle: JournalHandle }> {
  await freeze.watchdog.ready();
  const journal: FreezeJournal = {
    format: 1,
    operation: freeze.operation,
    volume: freeze.volume.name,
    action,
    containers,
    owner: host.owner,
    helper: host.engine.helperName(freeze.volume.name),
    at: new Date().toISOString(),
  };
  const open = () => host.engine.openJournal(journal, journalWaitMs, run.signal);
  try {
    return { journal, handle: await open() };
  } catch (error) {
    if (!(isFailure(error, 'freezeBusy') && error.details.dead)) throw error;
    // Its holder died: what that one had frozen runs again first.
    await recover(host, run.signal);
    return { journal, handle: await open() };
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

/** A snapshot taken while something wrote to the volume is not what it claims to be. */
async function checkStillFrozen({ engine }: Host, volume: Volume, frozen: readonly FrozenContainer[]): Promise<void> {
  const containers = await engine.listContainers(new AbortController().signal);
  const states = new Map(containers.map(({ id, state }) => [id, state]));
  const undone =
    frozen.find(({ id }) => states.get(id) !== 'paused') ?? containers.find((other) => isWriting(other, volume));
  if (undone) throw new Failure('freezeUndone', { container: undone.name });
}

async function withinBudget<T>(
  budgetMs: number,
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const budget = AbortSignal.timeout(budgetMs);
  try {
    return await work(AbortSignal.any([outer, budget]));
  } catch (error) {
    if (error instanceof Cancelled && budget.aborted && !outer.aborted) {
      throw new Failure('freezeOverBudget', { seconds: budgetMs / 1000 });
    }
    throw error;
  }
}

/** Waits for all before the first failure is said: none may still be under way when the opposite is begun. */
async function settleAll(requests: Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(requests)).find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}
