import * as fs from 'node:fs';
import type { AgentMethods } from '../../core/agentProtocol';
import { Failure } from '../../core/failure';
import { checkedName, deletedPrefix } from '../../core/storeLayout';
import type { Pace } from '../pace';
import { Catalog } from '../store/catalog';
import { flushFolder, namesIn, removeIfThere } from '../store/durable';
import { readPending, refuseNeeded, removeIfUnused, removePending } from '../store/pending';
import { sweep } from '../store/sweep';
import { dropUncommitted } from '../store/uncommitted';
import { VolumeStore } from '../store/volumeStore';

/** The rename is the deletion; the sweep after it may be interrupted and is finished by the next one. */
export async function deleteSnapshot(root: string, volume: string, snapshot: string, pace: Pace): Promise<number> {
  const store = new VolumeStore(root, volume);
  if (!store.has(snapshot)) throw new Failure('snapshotNotFound', { volume, snapshot });
  refuseNeeded(root, volume, snapshot);
  store.makeFolders();
  pace.phase('sweep');
  await pace.beginCritical();
  fs.renameSync(`${store.at.snapshots}/${checkedName(snapshot)}`, `${store.at.incoming}/${deletedPrefix}${snapshot}`);
  flushFolder(store.at.snapshots);
  flushFolder(store.at.incoming);
  new Catalog(root).remove(volume, snapshot);
  const freed = await sweep(store, pace);
  removeIfUnused(store);
  return freed;
}

/** Puts one volume's part of the store in order: no uncommitted snapshots, no unnamed objects, the catalog as it is. */
export async function clean(root: string, volume: string, pace: Pace): Promise<AgentMethods['store.clean']['result']> {
  const store = new VolumeStore(root, volume);
  const catalog = new Catalog(root);
  const uncommitted = store.uncommittedIds();
  for (const id of uncommitted) dropUncommitted(store, id);
  const begun = namesIn(store.at.incoming).length + namesIn(store.at.objects).filter((id) => !store.has(id)).length;
  if (begun > 0) await sweep(store, pace);
  removeIfThere(`${store.at.baseline}.tmp`);
  removeIfThere(`${store.at.folder}/stamp`);
  const pending = readPending(store) ?? null;
  removeIfUnused(store);
  catalog.refresh(volume);
  return { dropped: uncommitted.length, pending };
}

/** For a volume that is gone: there is nothing left to make whole. */
export function forgetSwitch(root: string, volume: string): void {
  removePending(new VolumeStore(root, volume));
}
