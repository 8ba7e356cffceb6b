import type { Container, ContainerDetails, ContainerMount, Volume, VolumeEngine } from '../engine';
import { Failure } from '../failure';
import { foldersOf, overlaps } from '../volumeFolders';
import { inspectAll } from './inspectAll';

/**
 * Whether a container uses the volume's files: mounts it or another volume with the same files, or may write to it
 * through a bind mount of its folder, of a part of it or of a folder above. (Monitoring tools bind the whole root
 * read-only; they are no users.)
 */
export function uses(container: Container, volume: Volume): boolean {
  return container.mounts.some((mount) => sees(mount, volume));
}

function sees(mount: ContainerMount, volume: Volume): boolean {
  if (mount.type === 'volume') return [volume.name, ...(volume.aliases ?? [])].includes(mount.name ?? '');
  return !mount.readOnly && foldersOf(volume).some((folder) => overlaps(mount.source, folder));
}

/** `restarting` counts: such a container may write again at any moment. */
export function isRunning(container: Container): boolean {
  return container.state === 'running' || container.state === 'restarting';
}

/** The running containers that use one of the volumes; ones that the user paused write nothing and are left alone. */
export async function runningUsers(
  engine: VolumeEngine,
  volumes: readonly Volume[],
  signal: AbortSignal,
): Promise<Container[]> {
  const containers = await engine.listContainers(signal);
  return containers.filter((container) => isRunning(container) && volumes.some((volume) => uses(container, volume)));
}

/** Whether a container can change a volume now. */
export function isWriting(container: Container, volume: Volume): boolean {
  return isRunning(container) && container.mounts.some((mount) => !mount.readOnly && sees(mount, volume));
}

/** The running containers that can change one of the volumes while their snapshots are taken. */
export async function runningWriters(
  engine: VolumeEngine,
  volumes: readonly Volume[],
  signal: AbortSignal,
): Promise<Container[]> {
  const containers = await engine.listContainers(signal);
  return containers.filter((container) => volumes.some((volume) => isWriting(container, volume)));
}

/** A container that began to use the volume since we looked would write to it, or see a mix of old and new files. */
export async function refuseUse(engine: VolumeEngine, volume: Volume): Promise<void> {
  const [user] = await runningUsers(engine, [volume], new AbortController().signal);
  if (user) throw new Failure('volumeChangedDuringRestore', { container: user.name });
}

/** A container that the user paused has the old data in memory, and would go on with it on a volume that was restored. */
async function refusePaused(engine: VolumeEngine, volume: Volume, signal: AbortSignal): Promise<void> {
  const containers = await engine.listContainers(signal);
  const paused = containers.find((container) => container.state === 'paused' && uses(container, volume));
  if (paused) throw new Failure('containerPausedByUser', { container: paused.name });
}

/** The containers to pause, or a refusal by name before anything is touched. */
export async function pausable(
  engine: VolumeEngine,
  users: readonly Container[],
  signal: AbortSignal,
): Promise<readonly Container[]> {
  await refuseUntouchable(engine, users, signal);
  const restarting = users.find(({ state }) => state === 'restarting');
  if (restarting) throw new Failure('containerCannotPause', { container: restarting.name });
  return users;
}

/**
 * The containers to stop: the users and, because their namespace would be gone, all others that share
 * one of theirs. Refuses by name what must not be stopped, before anything is touched.
 */
export async function stoppable(
  engine: VolumeEngine,
  users: readonly Container[],
  signal: AbortSignal,
): Promise<ContainerDetails[]> {
  if (users.length === 0) return [];
  const alive = (await engine.listContainers(signal)).filter((each) => isRunning(each) || each.state === 'paused');
  const containers = withSharers(users, await inspectAll(engine, alive, signal));
  await refuseUntouchable(engine, containers, signal);
  containers.forEach((container) => refuseStop(container, containers));
  return containers;
}

function withSharers(users: readonly Container[], all: readonly ContainerDetails[]): ContainerDetails[] {
  const affected = new Set(users.map((user) => user.id));
  for (let size = 0; size !== affected.size;) {
    size = affected.size;
    for (const { id, sharesNamespaceOf } of all) {
      if (sharesNamespaceOf.some((other) => affected.has(other))) affected.add(id);
    }
  }
  return all.filter((container) => affected.has(container.id));
}

async function refuseUntouchable(
  engine: VolumeEngine,
  containers: readonly Container[],
  signal: AbortSignal,
): Promise<void> {
  if (containers.length === 0) return;
  const untouchable = await engine.untouchable(signal);
  for (const { id, name: container } of containers) {
    if (untouchable.get(id) === 'ours') throw new Failure('containerIsOurs', { container });
    if (untouchable.get(id) === 'servesEngine') throw new Failure('containerServesEngine', { container });
  }
}

function refuseStop(container: ContainerDetails, all: readonly ContainerDetails[]): void {
  const { name, state, autoRemove, sharesNamespaceOf } = container;
  // Stopping it would remove it together with its anonymous volumes.
  if (autoRemove) throw new Failure('containerWouldBeRemoved', { container: name });
  refuseManaged(container);
  if (state !== 'paused') return;
  // It would come back without the network of the one that it shares.
  const owner = all.find(({ id }) => sharesNamespaceOf.includes(id));
  throw new Failure('containerPausedByUser', { container: name, ...(owner && { sharesWith: owner.name }) });
}

export function refuseManaged({ name: container, labels }: Container): void {
  if ('com.docker.swarm.task.id' in labels) throw new Failure('containerIsManaged', { container, by: 'Swarm' });
  if ('io.kubernetes.pod.uid' in labels) throw new Failure('containerIsManaged', { container, by: 'Kubernetes' });
}

/**
 * The containers that a restore of these volumes stops; none where nothing runs on them. Refuses by name what stands in
 * its way. For asking people first, and for the restore itself.
 */
export async function stoppedForRestore(
  engine: VolumeEngine,
  volumes: readonly Volume[],
  signal: AbortSignal,
): Promise<ContainerDetails[]> {
  for (const volume of volumes) await refusePaused(engine, volume, signal);
  return stoppable(engine, await runningUsers(engine, volumes, signal), signal);
}
