import type { OwnContainer } from '../core/engine';
import { findContainer, removeContainer, rename } from './containers';
import type { Connection } from './engineConnection';
import { label } from './labels';
import { claimedName } from './names';
import { asRecord, asText } from './wire/read';
import type { Wire } from './wire';
import { ownContainerFrom } from './wire/ownContainerWire';
import { statusOf } from './wireErrors';

/** Ours on this engine, in any state. `createdAt` is by our own clock, which may differ from the engine's. */
export async function listOwnContainers({ wire, names }: Connection, signal?: AbortSignal): Promise<OwnContainer[]> {
  const filters = { label: [label.role] };
  const answer = await wire.call<unknown[]>(
    (docker, abortSignal) => docker.listContainers({ all: true, filters, abortSignal }),
    { signal },
  );
  const own = answer
    .map(ownContainerFrom)
    .filter((container) => container !== undefined)
    .filter(({ name }) => name.startsWith(`${names.namespace}.`));
  if (own.length === 0) return own;
  const ahead = await clockAhead(wire);
  return own.map((container) => ({ ...container, createdAt: container.createdAt - ahead }));
}

export async function findOwnContainer(connection: Connection, name: string): Promise<OwnContainer | undefined> {
  return (await listOwnContainers(connection)).find((container) => container.name === name);
}

/**
 * Renames a dead container, so that only one recoverer handles it. False when another was faster: the new name follows
 * from the old one, and an engine refuses to rename a container to the name it has.
 */
export async function claim({ wire }: Pick<Connection, 'wire'>, { id, name }: OwnContainer): Promise<boolean> {
  // Somebody who listed it before another claimed it would turn that claim back.
  const now = (await findContainer(wire, id))?.name;
  if (now !== name) return false;
  try {
    await rename(wire, id, claimedName(name));
    return true;
  } catch (error) {
    if (statusOf(error) === undefined) throw error;
    wire.log(`${name} is being recovered by another`);
    return false;
  }
}

export async function removeOwnContainer(wire: Wire, id: string): Promise<void> {
  await removeContainer(wire, id);
}

/** Milliseconds that the engine's clock is ahead of ours; 0 when it does not say. */
async function clockAhead(wire: Wire): Promise<number> {
  const info = await wire.call<unknown>((docker) => docker.info());
  const time = Date.parse(asText(asRecord(info)['SystemTime']));
  const ahead = time - Date.now();
  // Smaller differences are the way there and back.
  return Math.abs(ahead) > 2_000 ? ahead : 0;
}
