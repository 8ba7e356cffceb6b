import type { AgentSession } from '../agentClient/session';
import type { SwitchResult } from '../agentProtocol';
import type { ContainerDetails, Volume, VolumeEngine } from '../engine';
import { isFailure } from '../failure';
import type { SnapshotEntry } from '../snapshotEntry';
import type { Host, Run } from './run';
import { ask } from './ask';
import { openHelper } from './openHelper';
import { countSnapshot } from './snapshot';
import { forgetSwitch, switchVolume } from './switch';
import { refusePaused, refuseUse, runningUsers, stoppable } from './users';
import { whileStopped } from './whileStopped';

export interface RestoreResult {
  /** What the volume was before: restoring it undoes the restore. */
  safety: SnapshotEntry;
  switched: SwitchResult;
  /** Names of the containers that were stopped for it and run again. */
  restarted: string[];
  /** A container that began to use the volume during the switch, and may have seen old and new files. */
  startedMeanwhile?: string;
}

/**
 * Makes a volume equal to a snapshot, after a safety snapshot of what it holds. The containers that use it are stopped
 * in between and started again; the first pass of the safety snapshot is taken while they still run.
 */
export async function restoreSnapshot(
  host: Host,
  request: { snapshot: SnapshotEntry; volume: string },
  run: Run,
): Promise<RestoreResult> {
  const { engine } = host;
  const volume = await engine.inspectVolume(request.volume, run.signal);
  await refusePaused(engine, volume, run.signal);
  const users = await stoppable(engine, await runningUsers(engine, volume, run.signal), run.signal);
  using watchdog = users.length > 0 ? host.startWatchdog() : undefined;
  await using helper = await openHelper(
    engine,
    { operation: 'restore', lock: volume.name, volume: { spec: volume, readOnly: false }, store: true },
    run,
  );
  const first = await ask(helper, 'snapshot.begin', { volume }, run);
  const { result, restarted } = await whileStopped(
    host,
    {
      operation: 'restore',
      volume,
      containers: users,
      watchdog,
      graceSeconds: host.settings.stopGraceSeconds,
      keepStopped: isHalfSwitched,
    },
    run,
    async () => {
      // Also when nothing uses the volume: what was written since the first pass would be in no snapshot.
      const second = await ask(helper, 'snapshot.again', {}, run);
      const safety = await commitSafety(helper, request.snapshot, users, run);
      countSnapshot(run, safety, [first, second]);
      await refuseUse(engine, volume);
      const { snapshot } = request;
      const params = { source: snapshot.volume.name, snapshot: snapshot.id, target: volume, safety: safety.id };
      const done = await switchVolume(host, helper, params, (agent) => ask(agent, 'restore.switch', params, run));
      countSwitch(run, done.switched);
      return { ...done, safety, startedMeanwhile: await userOf(engine, volume) };
    },
  );
  const { helperLost, startedMeanwhile, ...rest } = result;
  if (!helperLost) await helper.finish();
  return { ...rest, restarted, ...(startedMeanwhile !== undefined && { startedMeanwhile }) };
}

/** A container that started during the switch. The switch is done and can be undone: no cancel may hide that now. */
async function userOf(engine: VolumeEngine, volume: Volume): Promise<string | undefined> {
  const [user] = await runningUsers(engine, volume, new AbortController().signal);
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
  // Not cancellable: a request that was cut off may still have made the volume, and nobody would remove it.
  const volume = await engine.createVolume(specOfNew(snapshot, name), new AbortController().signal);
  try {
    await using helper = await openHelper(
      engine,
      { operation: 'restoreToNew', lock: name, volume: { spec: volume, readOnly: false }, store: true },
      run,
    );
    const params = { source: snapshot.volume.name, snapshot: snapshot.id, target: volume };
    countSwitch(run, await ask(helper, 'restore.switch', params, run));
    await helper.finish();
    return volume;
  } catch (error) {
    await removeNew(host, name, error);
    throw error;
  }
}

/** What cannot be removed because the engine is gone is finished by recovery: then the volume is whole. */
async function removeNew(host: Host, name: string, why: unknown): Promise<void> {
  try {
    await host.engine.removeVolume(name);
    await forgetSwitch(host, name);
  } catch (error) {
    if (why instanceof Error) why.cause ??= error;
  }
}

/**
 * Options of the `local` driver say where the data lives: a new volume with them would be the same data under a second
 * name. Compose's labels say which volume of a project it is, so only the volume of the old name gets them back.
 */
function specOfNew({ volume }: SnapshotEntry, name: string) {
  const labels = Object.entries(volume.labels).filter(
    ([label]) => name === volume.name || !label.startsWith('com.docker.compose.'),
  );
  return { name, driver: 'local', labels: Object.fromEntries(labels), options: {} };
}

function commitSafety(helper: AgentSession, snapshot: SnapshotEntry, users: readonly ContainerDetails[], run: Run) {
  return ask(
    helper,
    'snapshot.commit',
    {
      kind: 'safety',
      note: snapshot.note ? `${snapshot.time} (${snapshot.note})` : snapshot.time,
      consistency: 'stopped',
      users: users.map(({ name, image }) => ({ name, image })),
      frozenMs: 0,
    },
    run,
  );
}

/** Only a switch that could not be made whole keeps the containers stopped. */
function isHalfSwitched(error: unknown): boolean {
  return isFailure(error, 'restoreIncomplete');
}

function countSwitch(run: Run, switched: SwitchResult): void {
  run.count({
    filesMoved: switched.writtenFiles,
    filesSkipped: switched.keptFiles,
    bytesMoved: switched.writtenBytes,
    bytesSkipped: switched.keptBytes,
  });
}
