import type { ContainerCreateOptions } from 'dockerode';
import type { OwnContainer } from '../../core/engine';
import { Failure, throwIfCancelled } from '../../core/failure';
import { isAtWork } from '../../core/ownership';
import { removeContainer } from '../containers';
import { createContainer } from '../createContainer';
import type { Connection } from '../engineConnection';
import { claim, findOwnContainer } from '../ownContainers';
import { statusOf } from '../wireErrors';

/** How long an ended helper may take to disappear. */
const removalMs = 15_000;

/**
 * Creates a container whose name is a lock. A dead holder is claimed and removed; for a living one rejects with
 * volumeBusy, which says who it is.
 */
export async function createLocked(
  connection: Connection,
  config: ContainerCreateOptions & { name: string },
  signal: AbortSignal,
): Promise<string> {
  const giveUp = Date.now() + removalMs;
  for (;;) {
    throwIfCancelled(signal);
    try {
      return await createContainer(connection.wire, config);
    } catch (error) {
      if (statusOf(error) !== 409) throw error;
      const holder = await findOwnContainer(connection, config.name);
      if (holder && isAtWork(holder, Date.now())) throw busy(holder);
      if (Date.now() > giveUp) throw holder ? busy(holder) : error;
      if (holder && holder.state !== 'removing') await clear(connection, holder);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function clear(connection: Connection, holder: OwnContainer): Promise<void> {
  connection.wire.log(`removing the dead helper ${holder.name} (${holder.state})`);
  if (await claim(connection, holder)) await removeContainer(connection.wire, holder.id);
}

function busy({ name, lock, operation, owner }: OwnContainer): Failure {
  return new Failure('volumeBusy', {
    volume: lock ?? name,
    ...(operation && { operation }),
    ...owner,
  });
}
