import * as fs from 'node:fs';
import { isFailure } from '../../core/failure';
import { objectsOf } from '../../core/objectSet';
import { checkedName, deletedPrefix } from '../../core/storeLayout';
import { Catalog } from './catalog';
import { flushFolder } from './durable';
import { readManifest } from './manifestFile';
import { neededBy } from './pending';
import { firstMissing } from './presence';
import type { VolumeStore } from './volumeStore';

/** A snapshot that is about to be deleted: from here on it is none any more, unless it is put back. */
export function setAside(store: VolumeStore, snapshot: string): void {
  new Catalog(store.store).announceSnapshot(store.volume, asDeleted(snapshot));
  fs.renameSync(`${store.at.snapshots}/${snapshot}`, folderOf(store, snapshot));
  flushFolder(store.at.snapshots);
  flushFolder(store.at.incoming);
}

export function putBack(store: VolumeStore, snapshot: string): void {
  fs.renameSync(folderOf(store, snapshot), `${store.at.snapshots}/${snapshot}`);
  flushFolder(store.at.incoming);
  flushFolder(store.at.snapshots);
  const catalog = new Catalog(store.store);
  const entry = store.readEntry(snapshot);
  if (entry) catalog.add(entry);
  catalog.withdrawSnapshot(store.volume, asDeleted(snapshot));
}

/** To be called when what only it had is gone. */
export function forgetSetAside(store: VolumeStore, snapshot: string): void {
  new Catalog(store.store).withdrawSnapshot(store.volume, asDeleted(snapshot));
}

/** A deletion that was interrupted may not have asked any more who needs the snapshot; then all of it is still there. */
export async function putBackNeeded(store: VolumeStore): Promise<void> {
  for (const snapshot of store.deletedIds()) {
    const isNeeded = neededBy(store.store, store.volume, snapshot) !== undefined;
    if (isNeeded && (await isWhole(store, snapshot))) putBack(store, snapshot);
  }
}

async function isWhole(store: VolumeStore, snapshot: string): Promise<boolean> {
  try {
    const { entries } = await readManifest(`${folderOf(store, snapshot)}/manifest`, snapshot);
    return (await firstMissing(store, objectsOf(entries))) === undefined;
  } catch (error) {
    if (!isFailure(error, 'snapshotDamaged')) throw error;
    return false;
  }
}

function folderOf({ at }: VolumeStore, snapshot: string): string {
  return `${at.incoming}/${asDeleted(snapshot)}`;
}

function asDeleted(snapshot: string): string {
  return `${deletedPrefix}${checkedName(snapshot)}`;
}
