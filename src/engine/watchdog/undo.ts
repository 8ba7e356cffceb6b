import type { FreezeJournal, FrozenContainer, VolumeEngine } from '../../core/engine';
import { undoHooks } from '../../core/operations/hooks';
import { isOwned, isSameOwner } from '../../core/ownership';
import { nothingRecovered, type RecoveryReport } from '../../core/recovery/report';

/** Finishes a journal whose owner is dead or hangs as recovery does: `recoverJournal` of the operations. */
export type RecoverJournal = (
  host: { engine: VolumeEngine },
  journal: FreezeJournal,
  report: RecoveryReport,
) => Promise<void>;

export interface UndoOptions {
  log: (line: string) => void;
  /** How often, and for how long, to try again: an engine may be restarting. */
  retryMs: number;
  giveUpMs: number;
  /** How long an agent may take to finish a critical section. */
  helperLimitMs: number;
}

/**
 * Lets all containers of a pause run again, each tried until it does, runs the commands that are to follow, then removes the journal. Returns what was done, for
 * people.
 */
export async function undoPause(
  engine: VolumeEngine,
  journal: FreezeJournal,
  options: UndoOptions,
): Promise<RecoveryReport> {
  const report = nothingRecovered();
  const unpause = async ({ id, name }: FrozenContainer) => {
    if (await persistently(`unpausing ${name}`, () => engine.unpause(id), options)) report.restarted.push(name);
  };
  await Promise.all(journal.containers.map(unpause));
  // A command that fails is not tried again.
  const runHooks = async () => void report.failures.push(...(await undoHooks(engine, journal.containers)));
  await persistently('running the hooks', runHooks, options);
  await persistently('removing the journal', () => removeJournal(engine, journal), options);
  return report;
}

/** Waits for the agent, which finishes what it has begun, then recovers: only then may a container start on the volume. */
export async function undoStop(
  engine: VolumeEngine,
  journal: FreezeJournal,
  recover: RecoverJournal,
  options: UndoOptions,
): Promise<RecoveryReport> {
  const giveUp = Date.now() + options.helperLimitMs;
  const report = nothingRecovered();
  await persistently('looking for the helper', () => helperGone(engine, journal, giveUp, options), options);
  await persistently('recovering', () => recover({ engine }, journal, report), options);
  return report;
}

async function helperGone(
  engine: VolumeEngine,
  journal: FreezeJournal,
  giveUp: number,
  { retryMs, log }: UndoOptions,
): Promise<void> {
  while (Date.now() < giveUp) {
    if (!isOwned(journal, await engine.listOwnContainers(forever), Date.now())) return;
    await pause(retryMs);
  }
  log(`${journal.helpers.join(', ')} do not end`);
}

/** Only this journal: the owner may live, and have opened another one since. */
async function removeJournal(engine: VolumeEngine, { at, owner }: FreezeJournal): Promise<void> {
  const own = await engine.listOwnContainers(forever);
  const found = own.find(({ journal }) => journal?.at === at && isSameOwner(journal.owner, owner));
  if (found) await engine.removeOwnContainer(found.id);
}

/** Whether it was done in the end. */
async function persistently(what: string, work: () => Promise<void>, options: UndoOptions): Promise<boolean> {
  const giveUp = Date.now() + options.giveUpMs;
  for (;;) {
    try {
      await work();
      return true;
    } catch (error) {
      options.log(`${what}: ${String(error)}`);
      if (Date.now() > giveUp) return false;
      await pause(options.retryMs);
    }
  }
}

const forever = new AbortController().signal;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
