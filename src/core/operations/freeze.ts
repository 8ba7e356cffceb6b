import type { Container, FreezeJournal, FrozenContainer, JournalHandle, Volume, Watchdog } from '../engine';
import { Cancelled, Failure, isFailure, isRefusal } from '../failure';
import type { OperationKind } from '../timings/record';
import { recover } from './recover';
import type { Host, Run } from './run';
import { isWriting } from './users';

/** How long to wait for another freeze on the same engine; freezes are short. */
const journalWaitMs = 30_000;
/** The watchdog lets us thaw ourselves first. */
const watchdogSlackMs = 1_000;

export interface Freeze {
  operation: OperationKind;
  volumes: readonly Volume[];
  watchdog: Watchdog;
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
  const { journal, handle } = await openFreezeJournal(host, freeze, 'pause', frozen, run);
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
          await checkStillFrozen(host, freeze.volumes, frozen);
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

/** Takes the freeze lock with the journal of what is about to be frozen; the watchdog is up by then. */
export async function openFreezeJournal(
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
    volumes: freeze.volumes.map(({ name }) => name),
    action,
    containers,
    owner: host.owner,
    helpers: freeze.volumes.map(({ name }) => host.engine.helperName(name)),
    at: new Date().toISOString(),
  };
  const open = () => host.engine.openJournal(journal, journalWaitMs, run.signal);
  try {
    return { journal, handle: await open() };
  } catch (error) {
    if (!(isFailure(error, 'freezeBusy') && error.details.dead)) throw error;
    // Its holder died: what that one had frozen runs again first.
    host.tellRecovered(await recover(host, run.signal));
    return { journal, handle: await open() };
  }
}

/** A snapshot taken while something wrote to the volume is not what it claims to be. */
async function checkStillFrozen(
  { engine }: Host,
  volumes: readonly Volume[],
  frozen: readonly FrozenContainer[],
): Promise<void> {
  const containers = await engine.listContainers(new AbortController().signal);
  const states = new Map(containers.map(({ id, state }) => [id, state]));
  const undone =
    frozen.find(({ id }) => states.get(id) !== 'paused') ??
    containers.find((other) => volumes.some((volume) => isWriting(other, volume)));
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
