import * as fs from 'node:fs/promises';
import { Failure } from '../../core/failure';
import type { ObjectSet } from '../../core/objectSet';
import { dropBaseline } from './baseline';
import { hasCode } from '../libc';
import type { VolumeStore } from './volumeStore';

/**
 * Content that a new snapshot shares with earlier ones was found there when they were made; whether it still is, is looked
 * up before the new one says so. Rejects with storeDamaged, and the next snapshot copies everything.
 */
export async function ensurePresent(store: VolumeStore, named: ObjectSet): Promise<void> {
  const object = await firstMissing(store, named);
  if (object === undefined) return;
  dropBaseline(store);
  throw new Failure('storeDamaged', { volume: store.volume, object });
}

/** The first of these objects that is not in the store. */
export async function firstMissing(store: VolumeStore, named: ObjectSet): Promise<string | undefined> {
  for (const [folder, numbers] of named.byFolder()) {
    for (const name of await namesIn(store.objectPath(folder))) numbers.delete(Number(name));
    for (const number of numbers) return `${folder}/${number}`;
  }
  return undefined;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await fs.readdir(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
