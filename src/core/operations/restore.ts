import { randomUUID } from 'node:crypto';
import type { PassResult, SwitchResult } from '../agentProtocol';
import type { ContainerDetails, Volume, VolumeEngine } from '../engine';
import { isFailure, throwIfCancelled } from '../failure';
import type { SnapshotEntry, SnapshotGroup } from '../snapshotEntry';
import { ask } from './ask';
import { waitUntilUp } from './comingUp';
import { sayGoodbye } from './goodbye';
import { Helpers } from './helpers';
import { inParallel } from './inParallel';
import { createFor, removeNew, withVolumesAnew } from './newVolume';
import { openHelper } from './openHelper';
import { refuseOtherVersion } from './otherVersion';
import type { Host, Run } from './run';
import { forSafety } from './safetyPart';
import { safetyRequest } from './safetyRequest';
import { countSnapshot } from './snapshot';
import { countSwitch, isLost, switchVolumes, takeBack, withdrawFinished, type Prepared } from './switch';
import { refuseUse, runningUsers, stoppedForRestore } from './users';
import { whileStopped } from './whileStopped';

export interface RestoreRequest {
  snapshot: SnapshotEntry;
  /** Name of an existing volume, or of one to be made anew. */
  volume: string;
  /** The snapshot's volume is gone: it is made anew, and removed again when the restore fails. */
  anew?: boolean;
  /** Also under a database of another major version than the one whose data the snapshot holds. */
  anyVersion?: boolean;
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
  snapshot: SnapshotEntry;
  anyVersion: boolean;
}

/** Makes volumes equal to snapshots, all or none; those that are gone are made anew. */
export async function restoreSnapshots(
  host: Host,
  requests: readonly RestoreRequest[],
  run: Run,
): Promise<RestoreResult> {
  const gone = requests.filter(({ anew }) => anew).map(({ snapshot }) => snapshot);
  let isSwitched = false;
  try {
    return await withVolumesAnew(host, gone, (keep) =>
      restoreInPlace(host, requests, run, () => {
        isSwitched = true;
        keep();
      }),
    );
  } catch (error) {
    // Whatever fails before that leaves all volumes as they were, but for restoreIncomplete.
    if (isFailure(error, 'engineLost', 'agentLost')) error.details.restore = isSwitched ? 'done' : 'notDone';
    throw error;
  }
}

/**
 * Makes volumes equal to snapshots, all or none, after a safety snapshot of what each holds. The containers that use
 * them are stopped once and started once in between; what takes long, the first pass of the safety snapshots and all
 * checks, is done while they still run. `onSwitched`: from then on they are what they were to be, whatever fails.
 */
async function restoreInPlace(
  host: Host,
  requests: readonly RestoreRequest[],
  run: Run,
  onSwitched: () => void,
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
    snapshot: requests[i]!.snapshot,
    anyVersion: requests[i]!.anyVersion ?? false,
    helper: helpers.sessions[i]!,
  }));
  const firsts = await inParallel(members, run, (member, part) => beginSafety(engine, member, part));
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
      safeties.forEach(({ entry, second }, i) =>
        countSnapshot(run, entry, second ? [firsts[i]!, second] : [firsts[i]!]),
      );
      for (const volume of volumes) await refuseUse(engine, volume);
      throwIfCancelled(run.signal);
      if (group)
        await allOrNone(host, members, run, ({ helper }, part) => ask(helper, 'restore.lookOnceMore', {}, part));
      const prepared = members.map((member, i) => ({ ...member, safety: safeties[i]!.entry.id }));
      const { switched, lost } = await switchVolumes(host, prepared, group?.id, run);
      onSwitched();
      switched.forEach((each) => countSwitch(run, each));
      const restored = members.map(({ target }, i) => {
        return { volume: target.name, safety: safeties[i]!.entry, switched: switched[i]! };
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

/** While the containers run: what can be copied, and what can be refused. */
async function beginSafety(
  engine: VolumeEngine,
  { helper, target, snapshot, anyVersion }: Member,
  run: Run,
): Promise<PassResult> {
  const first = await ask(helper, 'snapshot.begin', { volume: target }, forSafety(run));
  if (!anyVersion) await refuseOtherVersion(engine, { snapshot, target, present: first.databases }, run.signal);
  await ask(helper, 'restore.check', { source: snapshot.volume.name, snapshot: snapshot.id, target }, run);
  return first;
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

interface Safety {
  entry: SnapshotEntry;
  second: PassResult | undefined;
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
async function prepare({ helper, target, snapshot }: Member, { group, users }: Together, run: Run): Promise<Safety> {
  // Where nothing ran, what was written all the same since the first pass is found and refused.
  const second = users.length > 0 ? await ask(helper, 'snapshot.again', {}, forSafety(run)) : undefined;
  const params = {
    source: snapshot.volume.name,
    snapshot: snapshot.id,
    target,
    safety: { ...safetyRequest(users), ...(group && { group }) },
    ...(group && { group: group.id }),
  };
  // Its flush is the safety snapshot's; what it scans and plans besides is for the switch.
  const { safety } = await ask(helper, 'restore.prepare', params, forSafety(run, 'flush'));
  return { entry: safety!, second };
}

/** A container that started during the switch. The switch is done and can be undone: no cancel may hide that now. */
async function userOf(engine: VolumeEngine, volumes: readonly Volume[]): Promise<string | undefined> {
  const [user] = await runningUsers(engine, volumes, new AbortController().signal);
  return user?.name;
}

/** Creates a volume with a snapshot's content, driver and labels. Nothing of it is left when that fails. */
export async function restoreToNewVolume(
  host: Host,
  request: { snapshot: SnapshotEntry; name: string },
  run: Run,
): Promise<Volume> {
  const { engine } = host;
  const { snapshot, name } = request;
  const volume = await createFor(engine, snapshot, name);
  try {
    await using helper = await openHelper(
      engine,
      { operation: 'restoreToNew', lock: name, volume: { spec: volume, readOnly: false }, store: true },
      run,
    );
    const params = { source: snapshot.volume.name, snapshot: snapshot.id, target: volume };
    await ask(helper, 'restore.prepare', params, run);
    countSwitch(run, await ask(helper, 'restore.switch', {}, run));
    if ((await sayGoodbye(helper)).lost) await withdrawFinished(host, { target: volume, helper });
    return volume;
  } catch (error) {
    await removeNew(host, name, error);
    throw error;
  }
}

/** Only a switch that could not be made whole keeps the containers stopped. */
function isHalfSwitched(error: unknown): boolean {
  return isFailure(error, 'restoreIncomplete');
}
