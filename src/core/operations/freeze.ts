import type {
  Container,
  ContainerDetails,
  FreezeJournal,
  FrozenContainer,
  JournalHandle,
  Volume,
  Watchdog,
} from '../engine';
import { Cancelled, Failure, isFailure } from '../failure';
import type { OperationKind } from '../timings/record';
import { startOrder } from './containerOrder';
import { recover } from './recover';
import type { Host, Run } from './run';
import { startAgain } from './startAgain';

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
  let frozenMs: number | undefined;
  try {
    const result = await run.hold('freeze', async () => {
      try {
        return await withinBudget(settings.freezeBudgetMs, run.signal, async (signal) => {
          await Promise.all(frozen.map(({ id }) => engine.pause(id)));
          const value = await work(signal);
          await checkStillPaused(host, frozen);
          return value;
        });
      } finally {
        await settleAll(frozen.map(({ id }) => engine.unpause(id)));
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
  { watchdog, containers, keepStopped, ...freeze }: Stop,
  run: Run,
  work: () => Promise<T>,
): Promise<{ result: T; frozenMs: number; restarted: string[] }> {
  if (!watchdog) return { result: await work(), frozenMs: 0, restarted: [] };
  const frozen = startOrder(containers).map(({ id, name, restartPolicy }) => ({ id, name, restartPolicy }));
  run.phase('stop');
  const { journal, handle } = await openJournal(host, { ...freeze, watchdog }, 'stop', frozen, run);
  watchdog.arm(journal, Infinity);
  const started = performance.now();
  let keep = false;
  try {
    await stopAll(host, frozen);
    const result = await work();
    return { result, frozenMs: performance.now() - started, restarted: frozen.map(({ name }) => name) };
  } catch (error) {
    keep = keepStopped?.(error) ?? false;
    throw error;
  } finally {
    // A container that cannot be started is said and not tried again, so the journal goes in any case.
    if (!keep) {
      run.phase('start');
      await startAgain(host, frozen).finally(() => handle.close());
      watchdog.disarm();
    }
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
    if (!(isFailure(error, 'freezeBusy') && error.details.dead === 1)) throw error;
    // Its holder died: what that one had frozen runs again first.
    await recover(host, run.signal);
    return { journal, handle: await open() };
  }
}

async function stopAll({ engine, settings }: Host, inStartOrder: readonly FrozenContainer[]): Promise<void> {
  for (const { id, restartPolicy } of inStartOrder) {
    if (restartPolicy.Name !== '' && restartPolicy.Name !== 'no') await engine.setRestartPolicy(id, { Name: 'no' });
  }
  for (const { id } of [...inStartOrder].reverse()) await engine.stop(id, settings.stopGraceSeconds);
}

/** A snapshot taken while someone let the app run on is not what it claims to be. */
async function checkStillPaused({ engine }: Host, frozen: readonly FrozenContainer[]): Promise<void> {
  const states = await Promise.all(frozen.map(({ id }) => engine.inspectContainer(id, new AbortController().signal)));
  const undone = states.find(({ state }) => state !== 'paused');
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

/** All are tried before a failure is said, for a container must not stay paused because another one could not be thawed. */
async function settleAll(thaws: Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(thaws)).find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}
