import type { FreezeJournal, VolumeEngine } from '../../core/engine';
import { isOwned, isSameOwner } from '../../core/ownership';

/** Finishes a journal of a dead owner as recovery does: `recoverJournal` of the operations. */
export type RecoverJournal = (host: { engine: VolumeEngine }, owner: FreezeJournal['owner']) => Promise<void>;

export interface UndoOptions {
  log: (line: string) => void;
  /** How often, and for how long, to try again: an engine may be restarting. */
  retryMs: number;
  giveUpMs: number;
  /** How long an agent may take to finish a critical section. */
  helperLimitMs: number;
}

/** Lets all containers of a pause run again, each tried until it does, then removes the journal. */
export async function undoPause(engine: VolumeEngine, journal: FreezeJournal, options: UndoOptions): Promise<void> {
  await Promise.all(
    journal.containers.map(({ id, name }) => persistently(`unpausing ${name}`, () => engine.unpause(id), options)),
  );
  await persistently('removing the journal', () => removeJournal(engine, journal), options);
}

/** Waits for the agent, which finishes what it has begun, then recovers: only then may a container start on the volume. */
export async function undoStop(
  engine: VolumeEngine,
  journal: FreezeJournal,
  recover: RecoverJournal,
  options: UndoOptions,
): Promise<void> {
  const giveUp = Date.now() + options.helperLimitMs;
  await persistently('looking for the helper', () => helperGone(engine, journal, giveUp, options), options);
  await persistently('recovering', () => recover({ engine }, journal.owner), options);
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

async function persistently(what: string, work: () => Promise<void>, options: UndoOptions): Promise<void> {
  const giveUp = Date.now() + options.giveUpMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      options.log(`${what}: ${String(error)}`);
      if (Date.now() > giveUp) return;
      await pause(options.retryMs);
    }
  }
}

const forever = new AbortController().signal;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
