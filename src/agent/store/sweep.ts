import * as fs from 'node:fs';
import { ObjectSet } from '../../core/objectSet';
import { deletedPrefix } from '../../core/storeLayout';
import type { Pace } from '../pace';
import { keepOnly } from './baseline';
import { flushFolder, namesIn } from './durable';
import type { VolumeStore } from './volumeStore';

/**
 * Removes every object that no snapshot names; returns the bytes freed on disk. Idempotent. A manifest that cannot be
 * read stops it before anything is removed: what that one names is not known. The baseline has no say, but forgets what
 * goes.
 */
export async function sweep(store: VolumeStore, pace: Pace): Promise<number> {
  pace.phase('sweep');
  const live = new ObjectSet();
  for (const id of store.snapshotIds()) {
    live.addOf((await store.readManifest(id)).entries);
    await pace.turn();
  }
  await keepOnly(store, live);
  let freed = 0;
  for (const object of [...store.objects()].filter((id) => !live.has(id))) {
    const path = store.objectPath(object);
    const { blocks, nlink } = fs.lstatSync(path);
    // What another volume has as well takes its room on.
    const bytes = nlink > 1 ? 0 : blocks * 512;
    fs.unlinkSync(path);
    freed += bytes;
    pace.count(1, bytes);
    if (pace.due()) await pace.turn();
  }
  removeEmptyFolders(store);
  forgetDeleted(store);
  return freed;
}

function removeEmptyFolders({ at }: VolumeStore): void {
  for (const snapshot of namesIn(at.objects)) {
    const folder = `${at.objects}/${snapshot}`;
    for (const name of namesIn(folder)) removeIfEmpty(`${folder}/${name}`);
    removeIfEmpty(folder);
  }
}

function removeIfEmpty(folder: string): void {
  try {
    fs.rmdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
  }
}

/** The rest of a deleted snapshot says that its sweep is not finished; now it is. */
function forgetDeleted({ at }: VolumeStore): void {
  for (const name of namesIn(at.incoming)) {
    if (name.startsWith(deletedPrefix)) fs.rmSync(`${at.incoming}/${name}`, { recursive: true, force: true });
  }
  flushFolder(at.incoming);
}
