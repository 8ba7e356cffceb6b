import type { FreezeJournal, Holder, JournalHandle, OwnContainer } from '../core/engine';
import { Failure, throwIfCancelled } from '../core/failure';
import { isAbandoned } from '../core/ownership';
import { findContainer, removeContainer } from './containers';
import { createContainer } from './createContainer';
import { ensureEmptyImage } from './emptyImage';
import type { Connection } from './engineConnection';
import { journalLabels } from './labels';
import { isClaimOf } from './names';
import { listOwnContainers } from './ownContainers';
import { statusOf } from './wireErrors';

const retryMs = 250;

/**
 * Takes the engine-wide freeze lock: a container, never started, whose labels say what is frozen. Waits for a holder up to
 * `waitMs`, then rejects with freezeBusy; `dead` in its details says that the holder's owner is gone, so that waiting
 * is of no use and recovery has to put back what it froze.
 */
export async function openJournal(
  connection: Connection,
  journal: FreezeJournal,
  waitMs: number,
  signal: AbortSignal,
  onWait?: (holder: Holder) => void,
): Promise<JournalHandle> {
  const { wire, names } = connection;
  const image = await ensureEmptyImage(wire, names);
  const giveUp = performance.now() + waitMs;
  for (let recovering: OwnContainer | undefined; ;) {
    throwIfCancelled(signal);
    const id = recovering ? undefined : await create(connection, journal, image);
    const own = await listed(connection, id);
    recovering = own.find((found) => isClaimOf(names.freeze, found.name) && sharesContainer(journal, found));
    if (id && !recovering) return handleOf(connection, id);
    if (id) await removeContainer(wire, id);
    const holder = own.find(({ name }) => name === names.freeze);
    if (!id) refuse(recovering ?? holder, own, performance.now() >= giveUp, recovering !== undefined);
    onWait?.(holderOf(recovering ?? holder));
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

function handleOf({ wire, names }: Connection, id: string): JournalHandle {
  return {
    // Who undoes it claims it first, by another name.
    stands: async () => (await findContainer(wire, id))?.name === names.freeze,
    close: () => removeContainer(wire, id),
  };
}

/** Undefined when the lock is taken. */
async function create({ wire, names }: Connection, journal: FreezeJournal, Image: string): Promise<string | undefined> {
  const HostConfig = { NetworkMode: 'none' };
  try {
    return await createContainer(wire, {
      name: names.freeze,
      Image,
      Cmd: ['-'],
      Labels: journalLabels(journal),
      HostConfig,
    });
  } catch (error) {
    if (statusOf(error) === 409) return undefined;
    throw error;
  }
}

/** Looked at after the lock is ours: who claims a dead holder frees its name, and may be putting its containers back. */
async function listed(connection: Connection, id: string | undefined): Promise<OwnContainer[]> {
  try {
    return await listOwnContainers(connection);
  } catch (error) {
    if (id) await removeContainer(connection.wire, id);
    throw error;
  }
}

/** Others may be frozen meanwhile: a recovery that never succeeds must not keep the whole engine from it. */
function sharesContainer({ containers }: FreezeJournal, { journal }: OwnContainer): boolean {
  return containers.some(({ id }) => journal?.containers.some((other) => other.id === id));
}

/** Who recovers a dead journal is waited for like a living holder; when that takes too long, it has died, too. */
function refuse(holder: OwnContainer | undefined, own: readonly OwnContainer[], late: boolean, claimed: boolean): void {
  if (!holder) return;
  const dead = isAbandoned(holder, own, Date.now());
  if (late || (dead && !claimed)) throw busy(holder, dead);
}

function busy(holder: OwnContainer, dead: boolean): Failure {
  return new Failure('freezeBusy', {
    ...(holder.journal && { volume: holder.journal.volumes.join(', ') }),
    ...holderOf(holder),
    dead,
  });
}

function holderOf(found: OwnContainer | undefined): Holder {
  return { ...(found?.journal && { operation: found.journal.operation, ...found.journal.owner }) };
}
