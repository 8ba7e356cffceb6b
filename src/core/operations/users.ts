import type { Container, ContainerDetails, ContainerMount, Volume, VolumeEngine } from '../engine';
import { Failure, isFailure } from '../failure';

/**
 * Whether a container uses the volume's files: mounts it, or may write to it through a bind mount of its folder, of a
 * part of it or of a folder above. (Monitoring tools bind the whole root read-only; they are no users.)
 */
export function uses(container: Container, volume: Volume): boolean {
  return container.mounts.some((mount) => sees(mount, volume));
}

function sees(mount: ContainerMount, volume: Volume): boolean {
  if (mount.type === 'volume') return mount.name === volume.name;
  if (mount.readOnly) return false;
  const folders = [volume.mountpoint, ...(isBind(volume) ? [volume.options['device'] ?? ''] : [])].filter(Boolean);
  return folders.some((folder) => isWithin(mount.source, folder) || isWithin(folder, mount.source));
}

/** A `local` volume that is itself a bind mount of a folder. */
function isBind(volume: Volume): boolean {
  return /\b(r?bind)\b/.test(volume.options['o'] ?? '');
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
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

/** The running containers that can change a volume while its snapshot is taken. */
export async function runningWriters(engine: VolumeEngine, volume: Volume, signal: AbortSignal): Promise<Container[]> {
  return (await engine.listContainers(signal)).filter((container) => isWriting(container, volume));
}

/** What is known of containers; those that are gone meanwhile are left out. */
export async function detailsOf(
  engine: VolumeEngine,
  containers: readonly Container[],
  signal: AbortSignal,
): Promise<ContainerDetails[]> {
  const details = containers.map(({ id }) =>
    engine.inspectContainer(id, signal).catch((error: unknown) => {
      if (isFailure(error, 'engineError') && error.details.status === 404) return undefined;
      throw error;
    }),
  );
  return (await Promise.all(details)).filter((container) => container !== undefined);
}

/** A container that began to use the volume since we looked would write to it, or see a mix of old and new files. */
export async function refuseUse(engine: VolumeEngine, volume: Volume): Promise<void> {
  const [user] = await runningUsers(engine, [volume], new AbortController().signal);
  if (user) throw new Failure('volumeChangedDuringRestore', { container: user.name });
}

/** A container that the user paused has the old data in memory, and would go on with it on a volume that was restored. */
export async function refusePaused(engine: VolumeEngine, volume: Volume, signal: AbortSignal): Promise<void> {
  const containers = await engine.listContainers(signal);
  const paused = containers.find((container) => container.state === 'paused' && uses(container, volume));
  if (paused) throw new Failure('containerPausedByUser', { container: paused.name });
}

/** The containers to pause, or a refusal by name before anything is touched. */
export function pausable(engine: VolumeEngine, users: readonly Container[]): readonly Container[] {
  for (const { id, name, state } of users) {
    if (id === engine.ownContainerId()) throw new Failure('containerIsOurs', { container: name });
    if (state === 'restarting') throw new Failure('containerCannotPause', { container: name });
  }
  return users;
}

/**
 * The containers to stop, in start order: the users and, because their namespace would be gone, all running containers
 * that share one of theirs. Refuses by name what must not be stopped, before anything is touched.
 */
export async function stoppable(
  engine: VolumeEngine,
  users: readonly Container[],
  signal: AbortSignal,
): Promise<ContainerDetails[]> {
  if (users.length === 0) return [];
  const running = (await engine.listContainers(signal)).filter(isRunning);
  const details = await Promise.all(running.map((container) => engine.inspectContainer(container.id, signal)));
  const affected = new Set(users.map((user) => user.id));
  for (let size = 0; size !== affected.size;) {
    size = affected.size;
    for (const { id, sharesNamespaceOf } of details) {
      if (sharesNamespaceOf.some((other) => affected.has(other))) affected.add(id);
    }
  }
  const containers = details.filter((container) => affected.has(container.id));
  for (const { id, name, autoRemove } of containers) {
    if (id === engine.ownContainerId()) throw new Failure('containerIsOurs', { container: name });
    // Stopping it would remove it together with its anonymous volumes.
    if (autoRemove) throw new Failure('containerWouldBeRemoved', { container: name });
  }
  return containers;
}
