import type { LikeContainer } from '../core/engine';
import { findContainer } from './containers';
import { createContainer } from './createContainer';
import type { Connection } from './engineConnection';
import { asList, asRecord, asText } from './wire/read';
import { likenessOf } from './wire/likeContainer';
import { timeouts, type Wire } from './wire';
import { statusOf } from './wireErrors';

/**
 * Creates a container like another one. Its environment and arguments, which may hold secrets, go from the engine to the engine,
 * and nowhere else.
 */
export async function createLike({ wire, facts }: Connection, id: string, like: LikeContainer): Promise<string> {
  const inspected = await wire.call<unknown>((docker, abortSignal) => docker.getContainer(id).inspect({ abortSignal }));
  const host = asRecord(asRecord(inspected)['HostConfig']);
  const { create, join, leave } = likenessOf(inspected, {
    ...like,
    image: await imageOf(wire, inspected),
    from: await mountsFrom(wire, asList(host['VolumesFrom']).map(asText)),
    // It gets one when it runs; an old Podman could not change it then.
    ...(!facts.podman && { restartPolicy: { Name: 'no' } }),
  });
  const made = await createContainer(wire, create);
  try {
    for (const network of leave) {
      await change(wire, (docker, abortSignal) =>
        docker.getNetwork(network).disconnect({ Container: made, abortSignal }),
      );
    }
    for (const { network, endpoint } of join) {
      await change(wire, (docker, abortSignal) =>
        docker.getNetwork(network).connect({ Container: made, EndpointConfig: endpoint, abortSignal } as object),
      );
    }
    return made;
  } catch (error) {
    await removeStopped(wire, made);
    throw error;
  }
}

/** Not forced, and without its anonymous volumes, which others may have as well. */
export async function removeStopped(wire: Wire, id: string): Promise<void> {
  try {
    await change(wire, (docker, abortSignal) => docker.getContainer(id).remove({ abortSignal }));
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
}

/** As it was given, unless another image has that name by now. */
async function imageOf(wire: Wire, inspected: unknown): Promise<string> {
  const container = asRecord(inspected);
  const [id, given] = [asText(container['Image']), asText(asRecord(container['Config'])['Image'])];
  try {
    const found = await wire.call<unknown>((docker, abortSignal) =>
      docker.getImage(given).inspect({ abortSignal } as object),
    );
    return asText(asRecord(found)['Id']) === id ? given : id;
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    return id;
  }
}

/** What containers are there of those that give their mounts to it, and where these are. */
async function mountsFrom(wire: Wire, references: readonly string[]) {
  const mounts = new Set<string>();
  const present: string[] = [];
  for (const reference of references) {
    const found = await findContainer(wire, reference.replace(/:(ro|rw|z|Z)$/, ''));
    if (!found) continue;
    present.push(reference);
    for (const { destination } of found.mounts) mounts.add(destination);
  }
  return { present, mounts };
}

function change(wire: Wire, work: Parameters<typeof wire.call<unknown>>[0]): Promise<unknown> {
  return wire.call(work, { timeoutMs: timeouts.change });
}
