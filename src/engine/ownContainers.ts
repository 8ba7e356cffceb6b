import { randomBytes } from 'node:crypto';
import type { OwnContainer } from '../core/engine';
import { findContainer, rename } from './containers';
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

/** How long another's rename may be on its way, where the last one wins. */
const settleMs = 250;

/**
 * Renames a dead container, so that only one recoverer handles it. False when another was faster: the new name follows
 * from the old one, and an engine refuses to rename a container to the name it has. Podman does not: there each claims a
 * name of its own, and the one that stays is the claim.
 */
export async function claim(
  { wire, facts }: Pick<Connection, 'wire' | 'facts'>,
  { id, name }: OwnContainer,
): Promise<boolean> {
  // Somebody who listed it before another claimed it would turn that claim back.
  if ((await findContainer(wire, id))?.name !== name) return false;
  const claimed = claimedName(name, id) + (facts.podman ? `-${randomBytes(4).toString('hex')}` : '');
  try {
    await rename(wire, id, claimed);
  } catch (error) {
    // Any other refusal is not another's doing, but the engine's trouble.
    if (statusOf(error) === undefined || (await findContainer(wire, id))?.name === name) throw error;
    wire.log(`${name} is being recovered by another`);
    return false;
  }
  if (!facts.podman) return true;
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  return (await findContainer(wire, id))?.name === claimed;
}

/** Milliseconds that the engine's clock is ahead of ours; 0 when it does not say. */
async function clockAhead(wire: Wire): Promise<number> {
  const info = await wire.call<unknown>((docker) => docker.info());
  const time = Date.parse(asText(asRecord(info)['SystemTime']));
  const ahead = time - Date.now();
  // Smaller differences are the way there and back.
  return Math.abs(ahead) > 2_000 ? ahead : 0;
}
