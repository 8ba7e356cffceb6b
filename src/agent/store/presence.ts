import * as fs from 'node:fs/promises';
import { Failure } from '../../core/failure';
import { dropBaseline } from './baseline';
import { hasCode } from '../libc';
import type { VolumeStore } from './volumeStore';

/**
 * Content that a new snapshot shares with earlier ones was found there when they were made; whether it still is, is looked
 * up before the new one says so. Rejects with storeDamaged, and the next snapshot copies everything.
 */
export async function ensurePresent(store: VolumeStore, named: ReadonlySet<string>): Promise<void> {
  const object = await firstMissing(store, named);
  if (object === undefined) return;
  dropBaseline(store);
  throw new Failure('storeDamaged', { volume: store.volume, object });
}

/** The first of these objects that is not in the store. */
export async function firstMissing(store: VolumeStore, named: ReadonlySet<string>): Promise<string | undefined> {
  const byFolder = new Map<string, string[]>();
  for (const id of named) {
    const slash = id.lastIndexOf('/');
    const folder = id.slice(0, slash);
    const names = byFolder.get(folder);
    if (names) names.push(id.slice(slash + 1));
    else byFolder.set(folder, [id.slice(slash + 1)]);
  }
  for (const [folder, names] of byFolder) {
    const present = new Set(await namesIn(store.objectPath(folder)));
    const missing = names.find((name) => !present.has(name));
    if (missing !== undefined) return `${folder}/${missing}`;
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
