import type { AgentMethods, DeleteResult } from '../../core/agentProtocol';
import { Failure, isFailure } from '../../core/failure';
import type { Pace } from '../pace';
import { Arrived } from '../store/arrived';
import { Catalog } from '../store/catalog';
import { namesIn, removeIfThere } from '../store/durable';
import {
  forgetUnneededDecisions,
  neededBy,
  refuseNeeded,
  removeIfUnused,
  removePending,
  settledPending,
} from '../store/pending';
import { forgetSetAside, putBack, putBackNeeded, setAside } from '../store/setAside';
import { sweep } from '../store/sweep';
import { dropUncommitted } from '../store/uncommitted';
import { VolumeStore } from '../store/volumeStore';

/**
 * Deletes snapshots of one volume, all or, when one is not there or still needed, none. The rename is the deletion, and
 * the sweep after it may fail or be interrupted: then the marker in the catalog, which goes last, has it finished by the
 * next cleaning.
 *
 * A restore to another volume has another lock. It writes what it needs, and looks whether that is there; here it is taken
 * away, and then asked who needs it: so one of the two sees the other.
 */
export async function deleteSnapshots(
  root: string,
  volume: string,
  snapshots: readonly string[],
  pace: Pace,
): Promise<DeleteResult> {
  const store = new VolumeStore(root, volume);
  const catalog = new Catalog(root);
  for (const snapshot of snapshots) {
    if (!store.has(snapshot)) {
      catalog.refresh(volume);
      throw new Failure('snapshotNotFound', { volume, snapshot });
    }
    refuseNeeded(root, volume, snapshot);
  }
  store.makeFolders();
  pace.phase('sweep');
  await pace.beginCritical();
  await putBackNeeded(store);
  for (const snapshot of snapshots) setAside(store, snapshot);
  for (const snapshot of snapshots) {
    const pending = neededBy(root, volume, snapshot);
    if (!pending) continue;
    for (const id of snapshots) putBack(store, id);
    throw new Failure('restorePending', { volume: pending.target.name, snapshot });
  }
  for (const snapshot of snapshots) catalog.remove(volume, snapshot);
  const result = await trySweep(store, pace);
  for (const snapshot of snapshots) forgetSetAside(store, snapshot);
  removeIfUnused(store);
  return result;
}

/** Puts one volume's part of the store in order: no uncommitted snapshots, no unnamed objects, the catalog as it is. */
export async function clean(
  root: string,
  { volume, arrived = false }: AgentMethods['store.clean']['params'],
  pace: Pace,
): Promise<AgentMethods['store.clean']['result']> {
  const store = new VolumeStore(root, volume);
  const pending = settledPending(store)?.pending ?? null;
  forgetUnneededDecisions(root);
  const uncommitted = store.uncommittedIds();
  for (const id of uncommitted) dropUncommitted(store, id);
  if (arrived) new Arrived(store).drop();
  await putBackNeeded(store);
  // What is left in there are deletions. A copy that was dropped had objects under the names of another volume's snapshots.
  if (uncommitted.length > 0 || namesIn(store.at.incoming).length > 0) await trySweep(store, pace);
  // Drafts of whoever was killed while it wrote them.
  for (const file of [store.at.baseline, store.at.pending]) removeIfThere(`${file}.tmp`);
  removeIfThere(`${store.at.folder}/stamp`);
  removeIfUnused(store);
  const catalog = new Catalog(root);
  const finished = catalog.withdrawFinished(volume);
  catalog.refresh(volume);
  return { dropped: uncommitted.length, pending, finished };
}

/** A snapshot that is damaged must not keep others from being deleted, or a switch from being finished. */
async function trySweep(store: VolumeStore, pace: Pace): Promise<DeleteResult> {
  try {
    return { freedBytes: await sweep(store, pace) };
  } catch (error) {
    if (!isFailure(error, 'snapshotDamaged')) throw error;
    process.stderr.write(`${store.volume} is not swept: ${error.message}\n`);
    return { freedBytes: 0, unswept: `${error.details.snapshot}: ${error.details.reason}` };
  }
}

/** For a volume that is gone: there is nothing left to make whole. */
export function forgetSwitch(root: string, volume: string): void {
  removePending(new VolumeStore(root, volume));
}
