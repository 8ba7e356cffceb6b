import type { PendingRestore } from '../agentProtocol';
import type { FreezeJournal, OwnContainer } from '../engine';
import { Failure, isFailure } from '../failure';
import { isLeftBehind, isOwned, isSameOwner, isUnreadableLeftBehind } from '../ownership';
import type { NotUp } from './comingUp';
import type { Host } from './run';
import { startAgain } from './startAgain';
import { forgetSwitch, resumeSwitch } from './switch';
import { runningUsers } from './users';

/** What recovery had to do; empty lists when all was well. Names for people. */
export interface RecoveryReport {
  /** Containers that run again. */
  restarted: string[];
  /** Volumes whose restore was finished. */
  finished: string[];
  /** Volumes with an interrupted snapshot that was dropped. */
  dropped: string[];
  /** Containers that the engine refused to start. */
  notUp: NotUp[];
  /** What could not be put right; it is tried again at the next connection. */
  failures: unknown[];
}

/** How long a container that others need healthy may take to become so. */
const healthWaitMs = 60_000;
const never = new AbortController().signal;

type Recovering = Pick<Host, 'engine'>;

/**
 * Puts right what dead owners left on an engine: what they had paused or stopped runs again, pending switches are
 * finished, uncommitted snapshots dropped. What living owners do is left alone. Idempotent, and safe to run in several
 * windows at once, for each find is claimed by an atomic rename.
 */
export async function recover(host: Recovering, signal: AbortSignal): Promise<RecoveryReport> {
  const report: RecoveryReport = { restarted: [], finished: [], dropped: [], notUp: [], failures: [] };
  const own = await host.engine.listOwnContainers(signal);
  const attempts = new Attempts();
  for (const container of own.filter((found) => isLeftBehind(found, Date.now()))) {
    await attempts.try(() => remove(host, container));
  }
  const journals = own.filter(({ journal }) => journal && !isOwned(journal, own, Date.now()));
  // Paused containers run again before anything that takes longer.
  journals.sort((a, b) => Number(a.journal?.action === 'stop') - Number(b.journal?.action === 'stop'));
  for (const container of journals) {
    await attempts.try(async () => {
      if (await host.engine.claim(container)) await undo(host, container, report);
    });
  }
  for (const container of own.filter((found) => isUnreadableLeftBehind(found, own, Date.now()))) {
    await attempts.try(() => removeUnreadable(host, container));
  }
  const { incoming, pending } = await host.engine.readCatalog(signal);
  const busy = new Set(own.filter((found) => !isLeftBehind(found, Date.now())).map(({ lock }) => lock));
  for (const volume of new Set([...pending, ...incoming])) {
    if (!busy.has(volume)) await attempts.try(() => recoverVolume(host, volume, report));
  }
  report.failures.push(...attempts.failures);
  return report;
}

/** One find that cannot be recovered must not keep the others from it. */
class Attempts {
  readonly failures: unknown[] = [];

  async try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // Someone was faster, here or in another window: then it is in good hands.
      if (!isFailure(error, 'volumeBusy')) this.failures.push(error);
    }
  }
}

/** Undoes one journal whose owner is dead: for the watchdog, which knows that it is. */
export async function recoverJournal(host: Recovering, owner: FreezeJournal['owner']): Promise<void> {
  const own = await host.engine.listOwnContainers(new AbortController().signal);
  const container = own.find(({ journal }) => journal && isSameOwner(journal.owner, owner));
  const report: RecoveryReport = { restarted: [], finished: [], dropped: [], notUp: [], failures: [] };
  if (container && (await host.engine.claim(container))) await undo(host, container, report);
}

async function undo(host: Recovering, container: OwnContainer, report: RecoveryReport): Promise<void> {
  const { journal } = container;
  if (!journal) return;
  if (journal.action === 'pause') {
    await Promise.all(journal.containers.map(({ id }) => host.engine.unpause(id)));
    report.restarted.push(...journal.containers.map(({ name }) => name));
  } else {
    // Nothing may start on a half-switched volume.
    for (const volume of journal.volumes) await recoverVolume(host, volume, report);
    const { started, refused } = await startAgain(host, journal.containers, { healthWaitMs, signal: never });
    report.restarted.push(...started.map(({ name }) => name));
    report.notUp.push(...refused);
  }
  await host.engine.removeOwnContainer(container.id);
}

/** Drops what uncommitted snapshots of a volume left, and finishes its pending switch. */
async function recoverVolume(host: Recovering, volume: string, report: RecoveryReport): Promise<void> {
  const { dropped, pending } = await cleanStore(host, volume);
  if (dropped > 0) report.dropped.push(volume);
  if (!pending) return;
  try {
    await refuseRunning(host, pending);
    if (await resumeSwitch(host, pending.target, 'recovery')) report.finished.push(volume);
  } catch (error) {
    const gone = isFailure(error, 'volumeNotFound', 'volumeRecreated');
    if (!gone) throw error;
    await forgetSwitch(host, volume);
  }
}

/** Nothing may be switched under a running container: it writes files that no snapshot has. */
async function refuseRunning({ engine }: Recovering, { target, snapshot }: PendingRestore): Promise<void> {
  const signal = new AbortController().signal;
  const [user] = await runningUsers(engine, [await engine.inspectVolume(target.name, signal)], signal);
  if (user) throw new Failure('restorePending', { volume: target.name, snapshot, container: user.name });
}

async function cleanStore({ engine }: Recovering, volume: string) {
  const signal = new AbortController().signal;
  await using helper = await engine.openHelper({ operation: 'recovery', lock: volume, store: true }, signal);
  const cleaned = await helper.request('store.clean', { volume }, { signal });
  await helper.finish();
  return cleaned;
}

async function remove({ engine }: Recovering, container: OwnContainer): Promise<void> {
  if (await engine.claim(container)) await engine.removeOwnContainer(container.id);
}

/** Or nothing could be frozen on this engine again. What it lists is not known, so that people have to look. */
async function removeUnreadable(host: Recovering, container: OwnContainer): Promise<void> {
  if (!(await host.engine.claim(container))) return;
  await host.engine.removeOwnContainer(container.id);
  throw new Failure('journalUnreadable', { journal: container.unreadableJournal ?? '' });
}
