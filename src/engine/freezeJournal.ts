import type { FreezeJournal, JournalHandle, OwnContainer } from '../core/engine';
import { Failure, throwIfCancelled } from '../core/failure';
import { removeContainer } from './containers';
import { createContainer } from './createContainer';
import { ensureEmptyImage } from './emptyImage';
import type { Connection } from './engineConnection';
import { journalLabels } from './labels';
import { listOwnContainers } from './ownContainers';
import { statusOf } from './wireErrors';

const retryMs = 250;
/** A helper ends shortly before its operation closes the journal. */
const closingMs = 5_000;

/**
 * Takes the engine-wide freeze lock: a container, never started, whose labels say what is frozen. Waits for a holder up to
 * `waitMs`, then rejects with freezeBusy; `dead: 1` in its details says that the holder's owner is gone, so that waiting
 * is of no use and recovery has to put back what it froze.
 */
export async function openJournal(
  connection: Connection,
  journal: FreezeJournal,
  waitMs: number,
  signal: AbortSignal,
): Promise<JournalHandle> {
  const { wire, names } = connection;
  const image = await ensureEmptyImage(wire, names);
  const giveUp = Date.now() + waitMs;
  for (;;) {
    throwIfCancelled(signal);
    try {
      const id = await createContainer(wire, {
        name: names.freeze,
        Image: image,
        Cmd: ['-'],
        Labels: journalLabels(journal),
        HostConfig: { NetworkMode: 'none' },
      });
      return { close: () => removeContainer(wire, id) };
    } catch (error) {
      if (statusOf(error) !== 409) throw error;
    }
    const own = await listOwnContainers(connection, signal);
    const holder = own.find(({ name }) => name === names.freeze);
    const dead = holder !== undefined && isAbandoned(holder, own);
    if (holder && (dead || Date.now() >= giveUp)) throw busy(holder, dead);
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

/** The agent ends when its owner dies, so an owner lives as long as its helper. */
function isAbandoned({ journal, createdAt }: OwnContainer, own: readonly OwnContainer[]): boolean {
  const helper = own.find(({ name }) => name === journal?.helper);
  const atWork = helper !== undefined && ['created', 'running', 'paused'].includes(helper.state);
  return !atWork && Date.now() - createdAt > closingMs;
}

function busy({ journal }: OwnContainer, dead: boolean): Failure {
  return new Failure('freezeBusy', {
    ...(journal && {
      volume: journal.volume,
      operation: journal.operation,
      host: journal.owner.host,
      pid: journal.owner.pid,
    }),
    dead: dead ? 1 : 0,
  });
}
