import type { Container, ContainerDetails, VolumeEngine } from '../engine';
import { Failure } from '../failure';
import type { PersistSource } from '../persist/persistPath';
import { overlaps } from '../volumeFolders';
import { inspectAll } from './inspectAll';
import { isRunning, refuseManaged, stoppable } from './users';

/**
 * A container that another one can take the place of: it may be stopped, and no other one would lose by it what it has of this
 * one. Rejects by name otherwise, before anything is touched.
 */
export async function replaceable(engine: VolumeEngine, id: string, signal: AbortSignal): Promise<ContainerDetails> {
  const container = await engine.inspectContainer(id, signal);
  refuseManaged(container);
  const others = await inspectAll(
    engine,
    (await engine.listContainers(signal)).filter((other) => other.id !== id),
    signal,
  );
  refuseTied(container, others, 'namespace', (other) => other.sharesNamespaceOf.includes(id));
  refuseTied(container, others, 'link', (other) => other.links.includes(container.name));
  if (runs(container)) await stoppable(engine, [container], signal);
  return container;
}

export function runs(container: Container): boolean {
  return isRunning(container) || container.state === 'paused';
}

/** What another container has as well would be two different things then. */
export async function refuseShared(
  engine: VolumeEngine,
  container: ContainerDetails,
  source: PersistSource,
  signal: AbortSignal,
): Promise<void> {
  if (source.from === 'layer') return;
  const others = (await engine.listContainers(signal)).filter(({ id }) => id !== container.id);
  refuseTied(container, others, 'volume', ({ mounts }) =>
    mounts.some((mount) =>
      source.from === 'volume'
        ? mount.name === source.volume
        : mount.type === 'bind' && overlaps(mount.source, source.folder) && mount.source !== '/',
    ),
  );
}

function refuseTied<Other extends { name: string }>(
  { name: container }: ContainerDetails,
  others: readonly Other[],
  by: 'namespace' | 'link' | 'volume',
  isTied: (other: Other) => boolean,
): void {
  const tied = others.filter(isTied).map(({ name }) => name);
  if (tied.length > 0) throw new Failure('containerTied', { container, others: tied, by });
}
