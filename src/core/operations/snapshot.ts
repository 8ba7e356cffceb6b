import { randomUUID } from 'node:crypto';
import type { PassResult } from '../agentProtocol';
import { strictest } from '../consistency/level';
import type { Container, ContainerDetails, Volume, VolumeEngine, Watchdog } from '../engine';
import type { Consistency, SnapshotEntry, SnapshotPurpose, SnapshotRequest } from '../snapshotEntry';
import { ask } from './ask';
import { consistencyAsked, consistencyGot, recordedUsers } from './consistency';
import { waitUntilUp, type Started } from './comingUp';
import { commitAll, findRestless, type Member } from './commitAll';
import { agreedBudget } from './freezeBudget';
import { Helpers } from './helpers';
import { findHooks, runHooks, type Hooked } from './hooks';
import { inParallel, withSignal } from './inParallel';
import { inspectAll } from './inspectAll';
import { runningPasses } from './runningPasses';
import type { Host, Run } from './run';
import { pausable, refuseUse, runningWriters, stoppable, uses } from './users';
import { whilePaused } from './whilePaused';
import { whileStopped } from './whileStopped';

export interface SnapshotVolumesRequest {
  /** Names of existing volumes; several are taken at one moment, all or none. */
  volumes: readonly string[];
  note: string;
  /** Chosen for this once; else the volumes' labels decide, else the setting: the strictest of them. */
  consistency?: Consistency;
  git?: { branch: string; commit: string };
  /** The Compose project that the volumes are all of. */
  project?: string;
  /** Nobody asked for the snapshot itself: it goes again like a safety snapshot. */
  purpose?: SnapshotPurpose;
}

export interface SnapshotVolumeRequest extends Omit<SnapshotVolumesRequest, 'volumes' | 'project'> {
  volume: string;
}

/** How often a volume that nothing was frozen for is looked at again because something has written to it meanwhile. */
const mostAgain = 3;

/**
 * Takes snapshots in passes: one or more while the app runs, which do the bulk of the work, and one while the containers
 * that use the volumes are frozen, for what changed since. Without running containers one pass is enough, unless something
 * that came and went meanwhile wrote to the volumes.
 */
export async function snapshotVolumes(host: Host, request: SnapshotVolumesRequest, run: Run): Promise<SnapshotEntry[]> {
  const { engine } = host;
  const volumes = await Promise.all(request.volumes.map((name) => engine.inspectVolume(name, run.signal)));
  const asked = strictest(volumes.map((volume) => consistencyAsked(host, volume, request.consistency, run)));
  const hooksIn = (containers: readonly ContainerDetails[]) =>
    asked === 'application' ? findHooks(engine, containers, volumes, run.signal) : [];
  const writers = await writersOf(engine, volumes, run);
  // Refuses what cannot be frozen before anything is started; the watchdog starts up beside the first pass.
  if (asked !== 'live') await freezable(host, asked, writers, run);
  const prepared = await hooksIn(writers);
  using watchdog = asked !== 'live' && writers.length > 0 ? host.startWatchdog() : undefined;

  await using helpers = await Helpers.open(
    engine,
    volumes.map((spec) => ({ operation: 'snapshot', lock: spec.name, volume: { spec, readOnly: true }, store: true })),
    run,
  );
  const members = volumes.map((volume, i): Member => ({ volume, helper: helpers.sessions[i]! }));
  await runHooks(engine, prepared, 'prepare', run);
  const willFreeze = asked !== 'live' && writers.length > 0;
  const running = await inParallel(members, run, (member, part) => runningPasses(member, willFreeze, part));
  const freezeWriters = async (): Promise<Moment> => {
    // Those passes may have taken long: who is frozen are the writers of now.
    const users = await writersOf(engine, volumes, run);
    const hooked = await hooksIn(users);
    if (asked === 'live' || users.length === 0) return { users, hooked };
    return { users, hooked, frozen: await lastPass(host, { members, users, hooked, asked, running, watchdog }, run) };
  };
  const together = groupOf(request);
  const requestFor =
    ({ users, hooked, frozen }: Moment, restless: ReadonlySet<Member>) =>
    (member: Member): SnapshotRequest => {
      const own = users.filter((user) => uses(user, member.volume));
      return {
        ...(request.purpose ? { kind: 'safety', purpose: request.purpose } : { kind: 'user' }),
        note: request.note,
        ...consistencyGot(asked, own, hooked, restless.has(member)),
        ...recordedUsers(own, hooked),
        frozenMs: frozen?.frozenMs ?? 0,
        ...(request.git && { git: request.git }),
        ...together,
      };
    };
  const lookAt = (moment: Moment) => {
    const unused = members.filter(({ volume }) => !moment.users.some((user) => uses(user, volume)));
    return findRestless(unused, requestFor(moment, new Set()), run);
  };
  let moment = await freezeWriters();
  let restless = await lookAt(moment);
  // All of them again: they are to be of one moment. What was frozen had its moment.
  for (let n = 0; n < mostAgain && restless.size > 0 && asked !== 'live' && !moment.frozen; n++) {
    const again = await inParallel(members, run, ({ helper }, part) => ask(helper, 'snapshot.again', {}, part));
    again.forEach((pass, i) => running[i]!.push(pass));
    moment = await freezeWriters();
    restless = await lookAt(moment);
  }
  const { frozen } = moment;
  const entries = await commitAll(members, requestFor(moment, restless), run);
  entries.forEach((entry, i) => countSnapshot(run, entry, [...running[i]!, ...(frozen ? [frozen.result[i]!] : [])]));
  await helpers.finish();
  await waitUntilUp(host, frozen?.restarted ?? [], run);
  return entries;
}

/** The snapshot of one volume. */
export async function snapshotVolume(
  host: Host,
  { volume, ...request }: SnapshotVolumeRequest,
  run: Run,
): Promise<SnapshotEntry> {
  const [entry] = await snapshotVolumes(host, { ...request, volumes: [volume] }, run);
  return entry!;
}

function groupOf({ volumes, project }: SnapshotVolumesRequest): Pick<SnapshotRequest, 'group'> {
  if (volumes.length < 2 && project === undefined) return {};
  return { group: { id: randomUUID(), volumes: [...volumes], ...(project !== undefined && { project }) } };
}

async function writersOf(engine: VolumeEngine, volumes: readonly Volume[], run: Run): Promise<ContainerDetails[]> {
  return inspectAll(engine, await runningWriters(engine, volumes, run.signal), run.signal);
}

/** What a snapshot moved into the store, and what it found unchanged there. */
function countSnapshot(run: Run, entry: SnapshotEntry, passes: readonly PassResult[]): void {
  run.holds((entry.databases ?? []).map(({ kind }) => kind));
  const filesMoved = passes.reduce((sum, pass) => sum + pass.copiedFiles, 0);
  run.count({
    filesMoved,
    filesSkipped: Math.max(0, entry.files - filesMoved),
    bytesMoved: entry.addedBytes,
    bytesSkipped: Math.max(0, entry.totalBytes - entry.addedBytes),
  });
}

interface LastPass {
  members: readonly Member[];
  users: readonly ContainerDetails[];
  hooked: readonly Hooked[];
  asked: Consistency;
  /** Of each member, the passes that were taken while the app ran. */
  running: readonly PassResult[][];
  /** Absent when nothing wrote to the volumes before the first pass. */
  watchdog: Watchdog | undefined;
}

interface Frozen {
  result: PassResult[];
  frozenMs: number;
  restarted?: Started[];
}

/** Who could write when the last pass was taken, and how they were kept from it. */
interface Moment {
  users: readonly ContainerDetails[];
  hooked: readonly Hooked[];
  frozen?: Frozen;
}

async function lastPass(
  host: Host,
  { members, users, hooked, asked, running, watchdog: early }: LastPass,
  run: Run,
): Promise<Frozen> {
  const budgetMs = await agreedBudget(host, running, users);
  using late = early ? undefined : host.startWatchdog();
  const volumes = members.map(({ volume }) => volume);
  const freeze = { operation: 'snapshot', volumes, watchdog: early ?? late! } as const;
  const again = (signal = run.signal) =>
    inParallel(members, withSignal(run, signal), ({ helper }, part) => ask(helper, 'snapshot.again', {}, part));
  if (asked !== 'stopped') {
    const containers = await pausable(host.engine, users, run.signal);
    return whilePaused(host, { ...freeze, containers, hooked, budgetMs }, run, again);
  }
  const containers = await stoppable(host.engine, users, run.signal);
  return whileStopped(host, { ...freeze, containers }, run, async () => {
    const passes = await again();
    for (const volume of volumes) await refuseUse(host.engine, volume);
    return passes;
  });
}

async function freezable(host: Host, consistency: Consistency, users: readonly Container[], run: Run): Promise<void> {
  if (consistency !== 'stopped') await pausable(host.engine, users, run.signal);
  else await stoppable(host.engine, users, run.signal);
}
