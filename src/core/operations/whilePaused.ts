import type { Container, FrozenContainer, Volume, VolumeEngine } from '../engine';
import { Cancelled, Failure, isRefusal } from '../failure';
import { openFreezeJournal, type Freeze } from './freeze';
import { inspectAll } from './inspectAll';
import { longestMs, runHooks, runPost, type Hooked } from './hooks';
import type { Host, Run } from './run';
import { isWriting } from './users';

/** The watchdog lets us thaw ourselves first. */
const watchdogSlackMs = 1_000;

export interface Pause extends Freeze {
  containers: readonly Container[];
  /** Those of them in which something is run before and after. */
  hooked: readonly Hooked[];
  /** The longest time they stay paused. */
  budgetMs: number;
}

/**
 * Runs `work` while the containers are paused, at most for the budget, and lets them run on whatever happens.
 * Rejects with freezeOverBudget, or freezeUndone when someone else let one of them run meanwhile.
 */
export async function whilePaused<T>(
  host: Host,
  freeze: Pause,
  run: Run,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{ result: T; frozenMs: number }> {
  const { engine } = host;
  const { containers, hooked, watchdog, budgetMs } = freeze;
  const frozen = containers.map(({ id, name }) => frozenContainer(id, name, hooked));
  const { journal, handle } = await openFreezeJournal(host, freeze, 'pause', frozen, run);
  const arm = (ms: number) => watchdog.arm(journal, ms + watchdogSlackMs);
  let isFrozen = false;
  /** Whether it is on us to put everything back. */
  let isOurs = true;
  let frozenMs = 0;
  try {
    if (hooked.length > 0) arm(longestMs(hooked, 'pre'));
    await runHooks(engine, hooked, 'pre', run);
    arm(budgetMs);
    // When we were suspended over `pre`, the watchdog has run `post`, and nothing lists what we would pause.
    const [prepared] = hooked;
    if (prepared && !(await handle.stands())) {
      isOurs = false;
      throw new Failure('freezeUndone', { container: prepared.name });
    }
    isFrozen = true;
    const started = performance.now();
    // Those that may be paused because of us; one that the user paused meanwhile is refused, and stays paused.
    const ours = new Set(frozen);
    const result = await run.hold('freeze', async () => {
      try {
        return await withinBudget(budgetMs, run.signal, async (signal) => {
          await settleAll(frozen.map((container) => pause(engine, container, ours)));
          const value = await work(signal);
          await checkStillFrozen(host, freeze.volumes, [...ours]);
          return value;
        });
      } finally {
        // When we were suspended, the watchdog has let them run, and another window may have paused them since.
        isOurs = performance.now() - started <= budgetMs + watchdogSlackMs || (await handle.stands());
        await settleAll((isOurs ? [...ours] : await leftPaused(engine, ours)).map(({ id }) => engine.unpause(id)));
        isFrozen = false;
        frozenMs = performance.now() - started;
        run.count({ downtimeMs: frozenMs });
      }
    });
    return { result, frozenMs };
  } finally {
    // What could not be put back is left to the watchdog and to recovery, which need the journal.
    if (!isFrozen) {
      if (isOurs && hooked.length > 0) arm(longestMs(hooked, 'post'));
      if (isOurs) await runPost(engine, hooked, run);
      await handle.close();
      watchdog.disarm();
    }
  }
}

/**
 * Our pause may have reached the engine only after the watchdog had let its containers run. Those that another freeze has
 * paused since are named in its journal.
 */
async function leftPaused(engine: VolumeEngine, ours: ReadonlySet<FrozenContainer>): Promise<FrozenContainer[]> {
  const standing = await engine.listOwnContainers(new AbortController().signal);
  const frozenByOthers = new Set(standing.flatMap(({ journal }) => journal?.containers ?? []).map(({ id }) => id));
  return [...ours].filter(({ id }) => !frozenByOthers.has(id));
}

function frozenContainer(id: string, name: string, hooked: readonly Hooked[]): FrozenContainer {
  const hooks = hooked.find((container) => container.id === id)?.hooks;
  return { id, name, restartPolicy: { Name: '' }, ...(hooks && { hooks }) };
}

async function pause(engine: VolumeEngine, container: FrozenContainer, ours: Set<FrozenContainer>): Promise<void> {
  try {
    await engine.pause(container.id);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    ours.delete(container);
    await explainRefusal(engine, container, error);
  }
}

/** Between the list and the pause a container may have crashed, or ended: the latter needs no pause. */
async function explainRefusal(engine: VolumeEngine, { id, name }: FrozenContainer, refusal: unknown): Promise<void> {
  const [container] = await inspectAll(engine, [{ id }], new AbortController().signal);
  if (container?.state === 'restarting') throw new Failure('containerCannotPause', { container: name });
  if (container?.state === 'running' || container?.state === 'paused') throw refusal;
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
  const started = performance.now();
  const overBudget = () => new Failure('freezeOverBudget', { seconds: budgetMs / 1000 });
  try {
    const result = await work(AbortSignal.any([outer, budget]));
    // By the clock: who was suspended finds the result before its timers.
    if (performance.now() - started > budgetMs) throw overBudget();
    return result;
  } catch (error) {
    if (error instanceof Cancelled && budget.aborted && !outer.aborted) throw overBudget();
    throw error;
  }
}

/** Waits for all before the first failure is said: none may still be under way when the opposite is begun. */
async function settleAll(requests: Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(requests)).find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}
