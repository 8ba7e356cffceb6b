import { randomUUID } from 'node:crypto';
import type { PassResult, SwitchResult } from '../agentProtocol';
import type { Changes } from '../changes';
import type { ContainerDetails, Volume, VolumeEngine } from '../engine';
import { isFailure, throwIfCancelled } from '../failure';
import type { SnapshotEntry, SnapshotGroup, SnapshotPurpose } from '../snapshotEntry';
import { ask } from './ask';
import { waitUntilUp } from './comingUp';
import { Helpers } from './helpers';
import { inParallel } from './inParallel';
import { withVolumesAnew } from './newVolume';
import { refuseOtherVersion } from './otherVersion';
import type { Host, Run } from './run';
import { forSafety } from './safetyPart';
import { safetyRequest } from './safetyRequest';
import { removeShared, share } from './sharedSnapshot';
import { countSwitch, isLost, switchVolumes, takeBack, withdrawFinished, type Prepared } from './switch';
import { refuseUse, runningUsers, stoppedForRestore } from './users';
import { whileStopped } from './whileStopped';

export interface RestoreRequest {
  /** One of another volume is made one of this volume first. */
  snapshot: SnapshotEntry;
  /** Name of an existing volume, or of one to be made anew. */
  volume: string;
  /** The snapshot's volume is gone: it is made anew, and removed again when the restore fails. */
  anew?: boolean;
  /** Also under a database of another major version than the one whose data the snapshot holds. */
  anyVersion?: boolean;
  /** What the safety snapshot is for, when it is not a restore that people asked for. */
  purpose?: SnapshotPurpose;
  /** Throws when these changes must not be made to what is there; before anything is stopped. */
  accept?: (changes: Changes, present: PassResult) => void;
}

export interface RestoreResult {
  /** In the order of the requests. */
  volumes: RestoredVolume[];
  /** Names of the containers that were stopped for it and started again. */
  restarted: string[];
  /** A container that began to use a volume during the switch, and may have seen old and new files. */
  startedMeanwhile?: string;
}

export interface RestoredVolume {
  volume: string;
  /** What the volume was before: restoring it undoes the restore. */
  safety: SnapshotEntry;
  switched: SwitchResult;
}

/** One volume of a restore, with the agent beside its data. */
interface Member extends Prepared {
  target: Volume;
  request: RestoreRequest;
  /** Of this volume. */
  snapshot: SnapshotEntry;
}

/** Makes volumes equal to snapshots, all or none; those that are gone are made anew. */
export async function restoreSnapshots(
  host: Host,
  requests: readonly RestoreRequest[],
  run: Run,
): Promise<RestoreResult> {
  const gone = requests.filter(({ anew }) => anew).map(({ snapshot }) => snapshot);
  let isSwitched = false;
  const shared: SnapshotEntry[] = [];
  try {
    return await withVolumesAnew(host, gone, (keep) =>
      restoreInPlace(host, requests, run, {
        onShared: (snapshot) => shared.push(snapshot),
        onSwitched() {
          isSwitched = true;
          keep();
        },
      }),
    );
  } catch (error) {
    if (!isSwitched && !isFailure(error, 'restoreIncomplete')) {
      for (const snapshot of shared) await removeShared(host, snapshot, error, run);
    }
    // Whatever fails before that leaves all volumes as they were, but for restoreIncomplete.
    if (isFailure(error, 'engineLost', 'agentLost')) error.details.restore = isSwitched ? 'done' : 'notDone';
    throw error;
  }
}

/**
 * Makes volumes equal to snapshots, all or none, after a safety snapshot of what each holds. The containers that use
 * them are stopped once and started once in between; what takes long, the first pass of the safety snapshots and all
 * checks, is done while they still run.
 */
async function restoreInPlace(
  host: Host,
  requests: readonly RestoreRequest[],
  run: Run,
  { onShared, onSwitched }: Reached,
): Promise<RestoreResult> {
  const { engine } = host;
  const volumes = await Promise.all(requests.map(({ volume }) => engine.inspectVolume(volume, run.signal)));
  const users = await stoppedForRestore(engine, volumes, run.signal);
  using watchdog = users.length > 0 ? host.startWatchdog() : undefined;
  await using helpers = await Helpers.open(
    engine,
    volumes.map((spec) => ({ operation: 'restore', lock: spec.name, volume: { spec, readOnly: false }, store: true })),
    run,
  );
  const members = volumes.map((target, i): Member => ({
    target,
    request: requests[i]!,
    snapshot: requests[i]!.snapshot,
    helper: helpers.sessions[i]!,
  }));
  await inParallel(members, run, (member, part) => beginSafety(engine, member, onShared, part));
  const { result, restarted } = await whileStopped(
    host,
    {
      operation: 'restore',
      volumes,
      containers: users,
      watchdog,
      graceSeconds: host.settings.stopGraceSeconds,
      keepStopped: isHalfSwitched,
    },
    run,
    async () => {
      const group = members.length > 1 ? groupOf(members) : undefined;
      const safeties = await allOrNone(host, members, run, (member, part) => prepare(member, { group, users }, part));
      for (const { databases = [] } of safeties) run.holds(databases.map(({ kind }) => kind));
      for (const volume of volumes) await refuseUse(engine, volume);
      throwIfCancelled(run.signal);
      if (group)
        await allOrNone(host, members, run, ({ helper }, part) => ask(helper, 'restore.lookOnceMore', {}, part));
      const prepared = members.map((member, i) => ({ ...member, safety: safeties[i]!.id }));
      const { switched, lost } = await switchVolumes(host, prepared, group?.id, run);
      onSwitched();
      switched.forEach((each) => countSwitch(run, each));
      const restored = members.map(({ target }, i) => {
        return { volume: target.name, safety: safeties[i]!, switched: switched[i]! };
      });
      return { restored, lost, startedMeanwhile: await userOf(engine, volumes) };
    },
  );
  // Not before the containers run: as long as a helper of ours lives, nobody takes us for dead and starts them too.
  const lostAtEnd = await helpers.finish({ but: result.lost });
  for (const each of members) if (lostAtEnd.has(each.helper)) await withdrawFinished(host, each);
  await waitUntilUp(host, restarted, run);
  const { restored, startedMeanwhile } = result;
  return {
    volumes: restored,
    restarted: restarted.map(({ name }) => name),
    ...(startedMeanwhile !== undefined && { startedMeanwhile }),
  };
}

interface Reached {
  /** A snapshot was made that only this restore needs. */
  onShared: (snapshot: SnapshotEntry) => void;
  /** From now on the volumes are what they were to be, whatever fails. */
  onSwitched: () => void;
}

/** While the containers run: what can be copied, and what can be refused. */
async function beginSafety(
  engine: VolumeEngine,
  member: Member,
  onShared: Reached['onShared'],
  run: Run,
): Promise<void> {
  const { helper, target, request } = member;
  const first = await ask(helper, 'snapshot.begin', { volume: target }, forSafety(run));
  const versions = { snapshot: request.snapshot, target, present: first.databases };
  if (!request.anyVersion) await refuseOtherVersion(engine, versions, run.signal);
  if (request.snapshot.volume.name !== target.name) {
    onShared((member.snapshot = await share(helper, { snapshot: request.snapshot, volume: target }, run)));
  }
  const goal = { source: target.name, snapshot: member.snapshot.id, target };
  if (request.accept) request.accept(await ask(helper, 'restore.preview', goal, run), first);
  else await ask(helper, 'restore.check', goal, run);
}

/** The safety snapshots of one restore belong together as well: its undo is a restore of all of them. */
function groupOf(members: readonly Member[]): SnapshotGroup {
  const project = members[0]?.snapshot.group?.project;
  const volumes = members.map(({ target }) => target.name);
  return { id: randomUUID(), volumes, ...(project !== undefined && { project }) };
}

interface Together {
  group: SnapshotGroup | undefined;
  users: readonly ContainerDetails[];
}

/** When one of them fails, none is prepared any more: living agents take it back by themselves, we do it for lost ones. */
async function allOrNone<T>(
  host: Host,
  members: readonly Member[],
  run: Run,
  work: (member: Member, run: Run) => Promise<T>,
): Promise<T[]> {
  const lost: Member[] = [];
  try {
    return await inParallel(members, run, async (member, part) => {
      try {
        return await work(member, part);
      } catch (error) {
        if (isLost(error)) lost.push(member);
        throw error;
      }
    });
  } catch (error) {
    await takeBack(host, lost);
    throw error;
  }
}

/** While the containers are stopped: the rest of the safety snapshot, and everything that comes before the switch. */
async function prepare(
  { helper, target, snapshot, request }: Member,
  { group, users }: Together,
  run: Run,
): Promise<SnapshotEntry> {
  // Where nothing ran, what was written all the same since the first pass is found and refused.
  if (users.length > 0) await ask(helper, 'snapshot.again', {}, forSafety(run));
  const params = {
    source: target.name,
    snapshot: snapshot.id,
    target,
    safety: { ...safetyRequest(users, request.purpose), ...(group && { group }) },
    ...(group && { group: group.id }),
  };
  // Its flush is the safety snapshot's; what it scans and plans besides is for the switch.
  const { safety } = await ask(helper, 'restore.prepare', params, forSafety(run, 'flush'));
  return safety!;
}

/** A container that started during the switch. The switch is done and can be undone: no cancel may hide that now. */
async function userOf(engine: VolumeEngine, volumes: readonly Volume[]): Promise<string | undefined> {
  const [user] = await runningUsers(engine, volumes, new AbortController().signal);
  return user?.name;
}

/** Only a switch that could not be made whole keeps the containers stopped. */
function isHalfSwitched(error: unknown): boolean {
  return isFailure(error, 'restoreIncomplete');
}
