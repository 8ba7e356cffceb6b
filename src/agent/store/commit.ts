import * as fs from 'node:fs';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import { flushFileSystem } from '../libc';
import { Catalog } from './catalog';
import { flushFolder } from './durable';
import type { VolumeStore } from './volumeStore';

/** Makes a snapshot in `incoming/`, all of which is on the disk, visible with one rename. */
export function makeVisible(store: VolumeStore, entry: SnapshotEntry): void {
  fs.renameSync(`${store.at.incoming}/${entry.id}`, `${store.at.snapshots}/${entry.id}`);
  flushFolder(store.at.snapshots);
  flushFolder(store.at.incoming);
  const catalog = new Catalog(store.store);
  catalog.add(entry);
  // It has ended the offer to undo the last restore, also if it is deleted itself.
  catalog.setWayBack(store.volume, undefined);
}

/** Writes back all of the store's file system. */
export async function flushStore(store: VolumeStore): Promise<void> {
  const handle = fs.openSync(store.at.folder, 'r');
  await flushFileSystem(handle).finally(() => fs.closeSync(handle));
}
