import type { PendingRestore, Progress } from '../agentProtocol';
import type { Arrival, FreezeJournal, FrozenContainer, OwnContainer } from '../engine';
import { Failure, isFailure } from '../failure';
import { isLeftBehind, isOwned, isSameOwner, isUnreadableLeftBehind } from '../ownership';
import { nothingRecovered, type RecoveryReport } from '../recovery/report';
import { byAge, type SnapshotRequest } from '../snapshotEntry';
import type { NotUp } from './comingUp';
import { undoHooks } from './hooks';
import { inspectAll } from './inspectAll';
import type { Host, Run } from './run';
import { safetyRequest } from './safetyRequest';
import { settlePlace } from './settlePlace';
import { startAgain } from './startAgain';
import { stopsEnd } from './stopUnderWay';
import { forgetSwitch, resumeSwitch } from './switch';
import { removeTrials } from './trialVolumes';
import { runningUsers, uses } from './users';

/** How long a container that others need healthy may take to become so. */
const healthWaitMs = 60_000;
/** How long what has arrived of an interrupted transfer is kept for the next one. */
const arrivalDays = 7;
const dayMs = 86_400_000;
const never = new AbortController().signal;

interface Recovering extends Pick<Host, 'engine'> {
  seen?: RecoverySeen;
}

/** What a recovery does, for its timing record. */
export interface RecoverySeen extends Pick<Run, 'phase' | 'progress' | 'count'> {
  /** Something is put right for these volumes. */
  volumes(names: readonly string[]): void;
}

/**
 * Puts right what dead owners left on an engine: what they had paused or stopped runs again, pending switches are
 * finished or, where they cannot be, taken back, uncommitted snapshots and volumes of trial restores dropped. What living owners do is left alone. Idempotent, and safe to run in several
 * windows at once, for each find is claimed by an atomic rename.
 */
export async function recover(host: Recovering, signal: AbortSignal): Promise<RecoveryReport> {
  const report = nothingRecovered();
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
  const { incoming, pending, finished, arrivals } = await host.engine.readCatalog(signal);
  const busy = new Set(own.filter((found) => !isLeftBehind(found, Date.now())).map(({ lock }) => lock));
  const found = new Set([...pending, ...incoming, ...finished]);
  const free = [...found].filter((volume) => !busy.has(volume));
  await recoverVolumes(host, free, report, (work) => attempts.try(work));
  const isOld = ({ at }: Arrival) => Date.now() - Date.parse(at) > arrivalDays * dayMs;
  for (const { volume } of arrivals.filter((arrival) => isOld(arrival) && !busy.has(arrival.volume))) {
    await attempts.try(async () => void (await cleanStore(host, volume, { arrived: true })));
  }
  await attempts.try(async () => void report.trials.push(...(await removeTrials(host.engine, signal))));
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

/**
 * Undoes one journal whose owner is dead or hangs: for the watchdog, which knows that. Only this one: who hung may have
 * closed it, and opened another one since. Adds to the report.
 */
export async function recoverJournal(
  host: Recovering,
  { at, owner }: FreezeJournal,
  report: RecoveryReport,
): Promise<void> {
  const own = await host.engine.listOwnContainers(new AbortController().signal);
  const container = own.find(({ journal }) => journal?.at === at && isSameOwner(journal.owner, owner));
  if (container && (await host.engine.claim(container))) await undo(host, container, report);
}

async function undo(host: Recovering, container: OwnContainer, report: RecoveryReport): Promise<void> {
  const { journal } = container;
  if (!journal) return;
  host.seen?.volumes(journal.volumes);
  const { started, refused } = await (journal.action === 'pause' ? unpauseAll : startAll)(host, journal, report);
  host.seen?.count({ downtimeMs: Math.max(0, Date.now() - container.createdAt) });
  const notDone = await notCarriedOut(host, journal, report);
  await host.engine.removeOwnContainer(container.id);
  // Until then, all of it may have to be done again.
  report.restarted.push(...started.map(({ name }) => name));
  report.notUp.push(...refused);
  report.notDone.push(...notDone);
}

/**
 * The volumes of an interrupted restore that was not, and will not be, carried out. One that was done has left its way back
 * as the newest snapshot; so may an earlier one have, and then nothing is said.
 */
async function notCarriedOut(
  { engine }: Recovering,
  { operation, volumes }: FreezeJournal,
  { finished, undone }: RecoveryReport,
): Promise<readonly string[]> {
  if (operation !== 'restore' || volumes.some((volume) => finished.includes(volume) || undone.includes(volume)))
    return [];
  const { snapshots, waysBack } = await engine.readCatalog(never);
  const mayBeDone = volumes.some((name) => {
    const [newest] = snapshots.filter(({ volume }) => volume.name === name).sort(byAge);
    return waysBack.some(({ volume, safety }) => volume === name && safety === newest?.id);
  });
  return mayBeDone ? [] : volumes;
}

interface Undone {
  started: readonly { name: string }[];
  refused: readonly NotUp[];
}

async function unpauseAll(
  { engine }: Recovering,
  { containers }: FreezeJournal,
  report: RecoveryReport,
): Promise<Undone> {
  await Promise.all(containers.map(({ id }) => engine.unpause(id)));
  report.failures.push(...(await undoHooks(engine, containers)));
  return { started: containers, refused: [] };
}

async function startAll(host: Recovering, journal: FreezeJournal, report: RecoveryReport): Promise<Undone> {
  const { volumes } = journal;
  // Nothing may start on a half-switched volume.
  await recoverVolumes(host, volumes, report, (work) => work());
  host.seen?.phase('start');
  const containers: FrozenContainer[] = [];
  for (const each of journal.containers) {
    const settled = each.replaced ? await settlePlace(host.engine, each, volumes) : each;
    containers.push(settled);
    if (each.replaced) report[settled.id === each.id ? 'notReplaced' : 'replaced'].push(each.name);
  }
  return startAgain(host, containers, { healthWaitMs, signal: never, stopsEnd: stopsEnd(journal) });
}

/** Volumes that were restored together go the same way: one that is switched waits for the others, and is asked again. */
async function recoverVolumes(
  host: Recovering,
  volumes: readonly string[],
  report: RecoveryReport,
  attempt: (work: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const waiting: string[] = [];
  const tell = (volume: string, became: Became | undefined): void => {
    if (became === 'finished' || became === 'undone') report[became].push(volume);
  };
  for (const volume of volumes) {
    await attempt(async () => {
      const became = await recoverVolume(host, volume, report);
      if (became === 'waits') waiting.push(volume);
      else tell(volume, became);
    });
  }
  // The last one of a group to be finished has released those that waited.
  for (const volume of waiting) {
    await attempt(async () => tell(volume, (await recoverVolume(host, volume, report)) ?? 'finished'));
  }
}

/** What a recovery made of a pending switch. */
type Became = 'finished' | 'undone' | 'waits' | 'gone';

/** Drops what uncommitted snapshots of a volume left, and finishes its pending switch, one way or the other. */
async function recoverVolume(host: Recovering, volume: string, report: RecoveryReport): Promise<Became | undefined> {
  host.seen?.volumes([volume]);
  const { dropped, pending, finished } = await cleanStore(host, volume);
  if (dropped > 0) report.dropped.push(volume);
  if (!pending) return finished ? 'finished' : undefined;
  try {
    await refuseRunning(host, pending);
    const keep = await keepBefore(host, pending);
    const resumed = await resumeSwitch(host, pending.target, 'recovery', { keep, orBack: true });
    if (!resumed) return undefined;
    return resumed.waits ? 'waits' : resumed.direction === 'back' ? 'undone' : 'finished';
  } catch (error) {
    const gone = isFailure(error, 'volumeNotFound', 'volumeRecreated');
    if (!gone) throw error;
    await forgetSwitch(host, volume);
    return 'gone';
  }
}

/** Nothing may be switched under a running container: it writes files that no snapshot has. */
async function refuseRunning({ engine }: Recovering, { target, snapshot }: PendingRestore): Promise<void> {
  const signal = new AbortController().signal;
  const [user] = await runningUsers(engine, [await engine.inspectVolume(target.name, signal)], signal);
  if (user) throw new Failure('restorePending', { volume: target.name, snapshot, container: user.name });
}

/** What a container wrote that someone started meanwhile, and that has ended by now, would be in no snapshot. */
async function keepBefore(
  { engine }: Recovering,
  { target, startedAt }: PendingRestore,
): Promise<SnapshotRequest | undefined> {
  const volume = await engine.inspectVolume(target.name, never);
  const users = (await engine.listContainers(never)).filter((container) => uses(container, volume));
  const since = (await inspectAll(engine, users, never)).filter(
    ({ lastRun }) => Date.parse(lastRun.startedAt) > Date.parse(startedAt),
  );
  return since.length > 0 ? safetyRequest(since) : undefined;
}

async function cleanStore({ engine, seen }: Recovering, volume: string, { arrived = false } = {}) {
  const signal = new AbortController().signal;
  await using helper = await engine.openHelper({ operation: 'recovery', lock: volume, store: true }, signal);
  const onProgress = (progress: Progress) => seen?.progress(progress);
  const cleaned = await helper.request('store.clean', { volume, ...(arrived && { arrived }) }, { signal, onProgress });
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
