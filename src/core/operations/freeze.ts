import type { FreezeJournal, FrozenContainer, Holder, JournalHandle, Volume, Watchdog } from '../engine';
import { isFailure } from '../failure';
import type { OperationKind } from '../timings/record';
import { recover } from './recover';
import type { Host, Run } from './run';

/** How long to wait for another freeze on the same engine; freezes are short. */
const journalWaitMs = 30_000;

export interface Freeze {
  operation: OperationKind;
  volumes: readonly Volume[];
  watchdog: Watchdog;
  /** Of helpers besides those of the volumes that are at work for it. */
  locks?: readonly string[];
}

/** Takes the freeze lock with the journal of what is about to be frozen; the watchdog is up by then. */
export async function openFreezeJournal(
  host: Host,
  freeze: Freeze,
  action: FreezeJournal['action'],
  containers: FrozenContainer[],
  run: Run,
): Promise<{ journal: FreezeJournal; handle: JournalHandle }> {
  await freeze.watchdog.ready();
  const journal: FreezeJournal = {
    format: 1,
    operation: freeze.operation,
    volumes: freeze.volumes.map(({ name }) => name),
    action,
    containers,
    owner: host.owner,
    helpers: [...freeze.volumes.map(({ name }) => name), ...(freeze.locks ?? [])].map((lock) =>
      host.engine.helperName(lock),
    ),
    at: new Date().toISOString(),
  };
  const open = async () => {
    let waiting: Disposable | undefined;
    try {
      const onWait = (holder: Holder) => void (waiting ??= run.waitForHolder(holder));
      return await host.engine.openJournal(journal, journalWaitMs, run.signal, onWait);
    } finally {
      waiting?.[Symbol.dispose]();
    }
  };
  try {
    return { journal, handle: await open() };
  } catch (error) {
    if (!(isFailure(error, 'freezeBusy') && error.details.dead)) throw error;
    // Its holder died: what that one had frozen runs again first.
    host.tellRecovered(await recover(host, run.signal));
    return { journal, handle: await open() };
  }
}
