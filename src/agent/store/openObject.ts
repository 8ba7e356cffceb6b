import * as fs from 'node:fs';
import type { Extent } from '../../core/archive/sparseMap';
import type { Entry } from '../../core/entry';
import { Failure } from '../../core/failure';
import { checkedObject } from '../../core/storeLayout';
import { dataExtents } from '../dataExtents';
import type { VolumeStore } from './volumeStore';

/** A handle of the object that has an entry's content, for reading; rejects with snapshotDamaged unless it is there and as long as it is to be. */
export function openObject(store: VolumeStore, snapshot: string, entry: Entry): number {
  const { object, size } = entry;
  if (object === undefined) throw objectDamaged(snapshot, entry, 'has no object');
  let handle: number;
  try {
    handle = fs.openSync(store.objectPath(checkedObject(object)), fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
  } catch (cause) {
    throw objectDamaged(snapshot, entry, `object ${object} is missing`, cause);
  }
  const found = fs.fstatSync(handle);
  if (found.isFile() && found.size === size) return handle;
  fs.closeSync(handle);
  throw objectDamaged(snapshot, entry, `object ${object} has ${found.size} bytes, not ${size}`);
}

export function objectDamaged(snapshot: string, { path }: Entry, reason: string, cause?: unknown): Failure {
  return new Failure('snapshotDamaged', { snapshot, path, reason }, { cause });
}

/** Where an object has data; undefined for one without holes. */
export function holesOf(handle: number, size: number): Extent[] | undefined {
  return fs.fstatSync(handle).blocks * 512 < size ? [...dataExtents(handle, size)] : undefined;
}
