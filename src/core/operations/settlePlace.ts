import type { Container, FrozenContainer, VolumeEngine } from '../engine';
import { isRefusal } from '../failure';
import { nameOfReplaced } from '../persist/replacedNames';
import { isRunning } from './users';

const never = new AbortController().signal;

/**
 * Of two containers for one place, whose owner died when he replaced one by the other: the one that is to run. The other one
 * once it runs; else the old one, which gets its name back. One that was made for it and has never run is removed.
 */
export async function settlePlace(
  engine: VolumeEngine,
  old: FrozenContainer,
  volumes: readonly string[],
): Promise<FrozenContainer> {
  const containers = await engine.listContainers(never);
  const found = containers.find(({ id }) => id === old.id);
  const other = containers.find(({ id, name }) => id !== old.id && name === old.name);
  if (other && (!found || isAlive(other))) return { ...old, id: other.id };
  if (!found) return old;
  if (other) await orRefused(() => makeWay(engine, { old, other, volumes, containers }));
  // Under a name that it does not want it still is the one that ran.
  if (found.name !== old.name) await orRefused(() => engine.renameContainer(old.id, old.name));
  return old;
}

interface Place {
  old: FrozenContainer;
  other: Container;
  volumes: readonly string[];
  containers: readonly Container[];
}

/** Somebody else's container is left alone: it does not run, but it has the name. */
async function makeWay(engine: VolumeEngine, { old, other, volumes, containers }: Place): Promise<void> {
  const by = old.replaced?.by;
  if (by?.id === other.id) return engine.renameContainer(other.id, by.name);
  const isOurs = other.mounts.some(({ type, name }) => type === 'volume' && volumes.includes(name ?? ''));
  if (!isOurs) return;
  if (other.state === 'created') return engine.removeContainer(other.id);
  // It has run, and may have written something.
  const taken = containers.map(({ name }) => name);
  return engine.renameContainer(other.id, nameOfReplaced(old.name, 'after', taken));
}

function isAlive(container: Container): boolean {
  return isRunning(container) || container.state === 'paused';
}

async function orRefused(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}
