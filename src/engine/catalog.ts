import type { Readable } from 'node:stream';
import type { AgentSession } from '../core/agentClient/session';
import type { Arrival, Catalog, HelperRequest } from '../core/engine';
import { throwIfCancelled, isFailure } from '../core/failure';
import type { SnapshotEntry } from '../core/snapshotEntry';
import type { WayBack } from '../core/undo';
import { ensureAgentImage } from './agentImage';
import { hasEmptyImage } from './emptyImage';
import type { Connection } from './engineConnection';
import { readSmallTar } from './smallTar';
import { ensureHolder, ensureStore, storeFolder } from './store';
import { asNumber, asRecord, asText } from './wire/read';
import { timeouts } from './wire';
import { statusOf, toFailure, wordsOf } from './wireErrors';
import { findVolume } from './volumes';

const empty: Catalog = { snapshots: [], incoming: [], pending: [], finished: [], waysBack: [], arrivals: [] };
const folder = `${storeFolder}/catalog`;
/** In the place of a volume's name in the lock; no volume is named like this. */
const wholeStore = '*';

type OpenHelper = (request: HelperRequest, signal: AbortSignal) => Promise<AgentSession>;

/**
 * Reads the store's catalog with the archive API, without starting a process. On an engine that has no store it makes
 * nothing; where the store's volume was removed but its folder remains, the volume is made again. A catalog that is gone
 * from a store with volumes is made anew by a helper.
 */
export async function readCatalog(
  connection: Connection,
  openHelper: OpenHelper,
  signal: AbortSignal,
): Promise<Catalog> {
  const { wire, facts, agent, names } = connection;
  let store = await findVolume(wire, names.storeVolume, signal);
  if (!store) {
    if (!(await hasEmptyImage(wire, names, signal))) return empty;
    store = await ensureStore(connection, await ensureAgentImage(wire, facts, agent, names, signal));
  }
  const holder = await ensureHolder(connection, store);
  let files = await readFolder(connection, holder, signal);
  if (!files && (await hasVolumes(connection, holder, signal))) {
    wire.log('the catalog of the store is gone, and is made anew');
    await rebuild(openHelper);
    files = await readFolder(connection, holder, signal);
  }
  return files ? catalogFrom(files, wire.log) : empty;
}

/** What another one is doing already is left to it: when it is done, the engine's events have us look again. */
async function rebuild(openHelper: OpenHelper): Promise<void> {
  const { signal } = new AbortController();
  try {
    await using helper = await openHelper({ operation: 'recovery', lock: wholeStore, store: true }, signal);
    await helper.request('store.catalog', {}, { signal });
    await helper.finish();
  } catch (error) {
    if (!isFailure(error, 'volumeBusy')) throw error;
  }
}

/** A new store has neither a catalog nor volumes. */
async function hasVolumes({ wire }: Connection, holder: string, signal: AbortSignal): Promise<boolean> {
  try {
    const path = `${storeFolder}/volumes`;
    await wire.call((docker, abortSignal) => docker.getContainer(holder).infoArchive({ path, abortSignal }), {
      signal,
    });
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

/** Undefined when the store has no catalog yet. */
async function readFolder(
  { wire }: Connection,
  holder: string,
  signal: AbortSignal,
): Promise<Map<string, Buffer> | undefined> {
  try {
    return await wire.call(
      async (docker, abortSignal) => {
        const stream = (await docker.getContainer(holder).getArchive({ path: folder, abortSignal })) as Readable;
        abortSignal.addEventListener('abort', () => stream.destroy(), { once: true });
        return readSmallTar(stream);
      },
      { signal, timeoutMs: timeouts.change },
    );
  } catch (error) {
    throwIfCancelled(signal);
    if (statusOf(error) === 404 && !/no such container/i.test(wordsOf(error))) return undefined;
    throw isFailure(error) ? error : toFailure(error);
  }
}

/** A damaged file is skipped and said, never removed: what it describes may be whole. */
export function catalogFrom(files: Map<string, Buffer>, log: (line: string) => void): Catalog {
  const snapshots: SnapshotEntry[] = [];
  const incoming = new Set<string>();
  const pending = new Set<string>();
  const finished = new Set<string>();
  const waysBack: WayBack[] = [];
  const arrivals: Arrival[] = [];
  for (const [path, content] of files) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const at = name.lastIndexOf('@');
    if (name.endsWith('.pending')) pending.add(content.toString());
    else if (name.endsWith('.finished')) finished.add(content.toString());
    else if (name.endsWith('.back')) waysBack.push(...wayBackFrom(content));
    else if (name.endsWith('.arrived')) arrivals.push(...arrivalFrom(content));
    else if (at > 0 && name.endsWith('.incoming')) incoming.add(content.toString());
    else if (at > 0 && name.endsWith('.json')) {
      const entry = entryFrom(content);
      if (entry) snapshots.push(entry);
      else log(`catalog: ${name} cannot be read`);
    }
  }
  return { snapshots, incoming: [...incoming], pending: [...pending], finished: [...finished], waysBack, arrivals };
}

function entryFrom(content: Buffer): SnapshotEntry | undefined {
  try {
    const entry = asRecord(JSON.parse(content.toString()));
    const whole =
      entry['format'] === 1 &&
      asText(entry['id']) !== '' &&
      asText(asRecord(entry['volume'])['name']) !== '' &&
      asNumber(entry['sequence']) === entry['sequence'];
    return whole ? (entry as unknown as SnapshotEntry) : undefined;
  } catch {
    return undefined;
  }
}

/** One that cannot be read is no more than an offer that is not made. */
function wayBackFrom(content: Buffer): WayBack[] {
  try {
    const read = asRecord(JSON.parse(content.toString()));
    const [volume, safety] = [asText(read['volume']), asText(read['safety'])];
    return volume === '' || safety === '' ? [] : [{ volume, safety }];
  } catch {
    return [];
  }
}

/** One that cannot be read takes room until its volume is synced to again. */
function arrivalFrom(content: Buffer): Arrival[] {
  try {
    const read = asRecord(JSON.parse(content.toString()));
    const [volume, at] = [asText(read['volume']), asText(read['at'])];
    return volume === '' || Number.isNaN(Date.parse(at)) ? [] : [{ volume, at }];
  } catch {
    return [];
  }
}
