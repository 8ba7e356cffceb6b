import type { AgentSession } from '../agentClient/session';
import type { ContainerDetails, Volume, VolumeEngine } from '../engine';
import { Failure, isFailure } from '../failure';
import type { NewVolumeSpec } from '../newVolumeSpec';
import { sourceOf, type PersistSource } from '../persist/persistPath';
import { nameOfReplaced } from '../persist/replacedNames';
import type { SnapshotEntry } from '../snapshotEntry';
import { bindOptions } from '../volumeOptions';
import { ask } from './ask';
import { sayGoodbye } from './goodbye';
import { clearUpAfter } from './clearUpAfter';
import { createVolume } from './createVolume';
import { deleteSnapshot } from './deleteSnapshot';
import { uncounted, withSignal } from './inParallel';
import { createNew, removeNew } from './newVolume';
import { openHelper } from './openHelper';
import { refuseShared, replaceable, runs } from './replaceable';
import { replaceContainer } from './replace';
import type { Host, Run } from './run';
import { removeShared, share } from './sharedSnapshot';
import { snapshotVolume } from './snapshot';
import { countSwitch, withdrawFinished } from './switch';
import { whileStopped } from './whileStopped';
import { withRate } from './withRate';

export interface PersistRequest {
  /** Id of a container. */
  container: string;
  /** A folder in it, as `normalPath` has it, on no mount but an anonymous volume or a folder of the engine's machine. */
  path: string;
  /** Of the volume that is made for it. */
  spec: NewVolumeSpec;
}

export interface Persisted {
  volume: Volume;
  snapshot: SnapshotEntry;
  /** Its id and name; the container that has its place now has another id. */
  container: { id: string; name: string };
  /** The container as it was, which stands still under another name until people remove it. */
  replaced: { id: string; name: string };
}

/**
 * Moves a folder of a container into a new volume, and puts that in use: the container is stopped, its data becomes a
 * snapshot, the volume is made equal to that, and a container with the same settings and this mount takes its place. The old one
 * stays as it was, stopped and under another name. When that fails, it runs again as before, and nothing of the volume is left.
 */
export async function persist(host: Host, { container: id, path, spec }: PersistRequest, run: Run): Promise<Persisted> {
  const { engine } = host;
  const container = await replaceable(engine, id, run.signal);
  const source = sourceOf(container, path);
  await refuseShared(engine, container, source, run.signal);
  if (source.from !== 'volume') await refuseNoFolder(engine, container, path, run.signal);
  await using from = await asVolume(host, source, spec.name, run);
  // What can be copied while it runs, so that it stands still for less.
  if (from.volume !== undefined) await takeSource(host, from.volume, run);
  const volume = await createNew(engine, spec);
  const made: SnapshotEntry[] = [];
  try {
    const move = { volume, container, path, from: from.volume, onMade: (one: SnapshotEntry) => void made.push(one) };
    return await moveInto(host, move, run);
  } catch (error) {
    if (isFailure(error, 'replacementIncomplete')) throw error;
    await removeNew(host, spec.name, error);
    for (const snapshot of made) await removeShared(host, snapshot, error, run);
    throw error;
  }
}

interface Move {
  volume: Volume;
  container: ContainerDetails;
  path: string;
  /** The volume that it is on; absent: it is in the container itself. */
  from: string | undefined;
  onMade: (snapshot: SnapshotEntry) => void;
}

async function moveInto(host: Host, { volume, container, path, from, onMade }: Move, run: Run): Promise<Persisted> {
  const { engine } = host;
  using watchdog = host.startWatchdog();
  // At work until the new container is up: as long as it lives, nobody takes us for dead.
  await using helper = await openHelper(
    engine,
    { operation: 'persist', lock: volume.name, volume: { spec: volume, readOnly: false }, store: true },
    run,
  );
  const note = { replaced: {}, ...(!runs(container) && { still: true as const }) };
  const { result } = await whileStopped(
    host,
    {
      operation: 'persist',
      volumes: [volume],
      containers: [container],
      watchdog,
      notes: new Map([[container.id, note]]),
      keepStopped: (error) => isFailure(error, 'replacementIncomplete'),
    },
    run,
    async (standstill) => {
      const snapshot =
        from === undefined
          ? await unpackFolder(host, helper, { volume, container, path }, run)
          : await share(helper, { snapshot: await takeSource(host, from, run), volume }, run);
      onMade(snapshot);
      run.holds((snapshot.databases ?? []).map(({ kind }) => kind));
      await ask(helper, 'restore.prepare', { source: volume.name, snapshot: snapshot.id, target: volume }, run);
      countSwitch(run, await ask(helper, 'restore.switch', {}, run));
      const taken = (await engine.listContainers(run.signal)).map(({ name }) => name);
      const oldName = nameOfReplaced(container.name, 'before', taken);
      const id = await replaceContainer(
        host,
        {
          old: container,
          oldName,
          make: () => engine.createLike(container.id, { name: container.name, mount: { volume: volume.name, path } }),
          unmake: (other) => engine.removeContainer(other),
          runs: runs(container),
          restartPolicy: container.restartPolicy,
        },
        standstill,
        run,
      );
      const { name } = container;
      return { volume, snapshot, container: { id, name }, replaced: { id: container.id, name: oldName } };
    },
  );
  if ((await sayGoodbye(helper)).lost) await withdrawFinished(host, { target: volume, helper });
  return result;
}

/** A folder of the engine's machine is one for as long as it is needed: so its data goes the way of any other volume's. */
async function asVolume(
  host: Host,
  source: PersistSource,
  name: string,
  run: Run,
): Promise<AsyncDisposable & { volume?: string }> {
  if (source.from !== 'bind') {
    return { ...(source.from === 'volume' && { volume: source.volume }), [Symbol.asyncDispose]: async () => {} };
  }
  const spec = { name: `${name}.folder`, driver: 'local', labels: {}, options: bindOptions(source.folder) };
  const { name: volume } = await createVolume(host, spec, run);
  return { volume, [Symbol.asyncDispose]: () => forgetFolder(host, volume, run) };
}

/** Its files stay. What cannot be removed now can be seen, and does no harm. */
async function forgetFolder(host: Host, volume: string, run: Run): Promise<void> {
  const uncancelled = withSignal(run, new AbortController().signal);
  await clearUpAfter(undefined, async () => {
    await host.engine.removeVolume(volume);
    const { snapshots } = await host.engine.readCatalog(uncancelled.signal);
    for (const snapshot of snapshots.filter((each) => each.volume.name === volume)) {
      await deleteSnapshot(host, { snapshot }, uncancelled);
    }
  });
}

/** Nothing uses it any more but the container that stands still, or will. */
function takeSource(host: Host, volume: string, run: Run): Promise<SnapshotEntry> {
  return snapshotVolume(host, { volume, note: '', purpose: 'source' }, uncounted(run));
}

/** The engine hands it out as a tar, from which the snapshot is made that the volume becomes equal to. */
async function unpackFolder(
  { engine }: Host,
  helper: AgentSession,
  { volume, container, path }: Pick<Move, 'volume' | 'container' | 'path'>,
  run: Run,
): Promise<SnapshotEntry> {
  const input = engine.readContainerFolder(container.id, path, run.signal);
  try {
    const params = { volume, note: '', purpose: 'source' as const };
    return await ask(helper, 'snapshot.unpackForeign', params, withRate(run), { input });
  } finally {
    await input.return();
  }
}

async function refuseNoFolder(
  engine: VolumeEngine,
  { id, name: container }: ContainerDetails,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const found = await engine.statContainerPath(id, path, signal);
  if (found?.type === 'folder') return;
  throw new Failure('containerPathNotFolder', { container, path, why: found?.type ?? 'missing' });
}
