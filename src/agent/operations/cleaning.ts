import * as fs from 'node:fs';
import type { AgentMethods, DeleteResult } from '../../core/agentProtocol';
import { Failure, isFailure } from '../../core/failure';
import { checkedName, deletedPrefix } from '../../core/storeLayout';
import type { Pace } from '../pace';
import { Catalog } from '../store/catalog';
import { flushFolder, namesIn, removeIfThere } from '../store/durable';
import { forgetUnneededDecisions, refuseNeeded, removeIfUnused, removePending, settledPending } from '../store/pending';
import { sweep } from '../store/sweep';
import { dropUncommitted } from '../store/uncommitted';
import { VolumeStore } from '../store/volumeStore';

/**
 * Deletes snapshots of one volume, all or, when one is not there or still needed, none. The rename is the deletion, and
 * the sweep after it may fail or be interrupted: then the marker in the catalog, which goes last, has it finished by the
 * next cleaning.
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
  const markers = snapshots.map((snapshot) => setAside(store, catalog, snapshot));
  const result = await trySweep(store, pace);
  for (const marker of markers) catalog.withdrawSnapshot(volume, marker);
  removeIfUnused(store);
  return result;
}

/** From here on it is no snapshot any more. Returns the name that says so. */
function setAside(store: VolumeStore, catalog: Catalog, snapshot: string): string {
  const deleted = `${deletedPrefix}${checkedName(snapshot)}`;
  catalog.announceSnapshot(store.volume, deleted);
  fs.renameSync(`${store.at.snapshots}/${snapshot}`, `${store.at.incoming}/${deleted}`);
  flushFolder(store.at.snapshots);
  flushFolder(store.at.incoming);
  catalog.remove(store.volume, snapshot);
  return deleted;
}

/** Puts one volume's part of the store in order: no uncommitted snapshots, no unnamed objects, the catalog as it is. */
export async function clean(root: string, volume: string, pace: Pace): Promise<AgentMethods['store.clean']['result']> {
  const store = new VolumeStore(root, volume);
  const pending = settledPending(store)?.pending ?? null;
  forgetUnneededDecisions(root);
  const uncommitted = store.uncommittedIds();
  for (const id of uncommitted) dropUncommitted(store, id);
  // What is left in there are deletions.
  if (namesIn(store.at.incoming).length > 0) await trySweep(store, pace);
  removeIfThere(`${store.at.baseline}.tmp`);
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
