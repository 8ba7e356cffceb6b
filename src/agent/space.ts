import * as fs from 'node:fs';
import { linkGroup } from '../core/hardLinks';
import { Failure } from '../core/failure';
import { openFile } from './capture';
import type { ContentCopier } from './content';
import { close, flag, hasCode, openPath } from './libc';
import { isVanished } from './observe';
import type { Seen } from './scan';
import type { VolumeStore } from './store/volumeStore';
import type { Tree } from './tree';

type FullCode = 'storeFull' | 'volumeFull';

/** Folders, the manifest and the file system's own records want some room too. */
const reserveBytes = 4 * 1024 * 1024;

/** Fails when there is clearly no room for `bytes`; what is close may still fail later. */
export function ensureRoom(code: FullCode, bytes: number, free: number): void {
  const needed = bytes + reserveBytes;
  if (bytes > 0 && needed > free) throw new Failure(code, { needed, free });
}

/** Bytes that an unprivileged process could still write, as ours is without CAP_SYS_RESOURCE; none without inodes. */
export function freeBytes(folder: string): number {
  const { bavail, bsize, files, ffree } = fs.statfsSync(folder);
  return files > 0 && ffree === 0 ? 0 : bavail * bsize;
}

/** Entries that a folder's file system could still have; Infinity where it makes room for them as it goes. */
export function freeEntries(folder: string): number {
  const { files, ffree } = fs.statfsSync(folder);
  return files > 0 ? ffree : Infinity;
}

export function ensureStoreSpace(store: VolumeStore, tree: Tree, files: readonly Seen[], copier: ContentCopier): void {
  const needed = bytesToCopy(files);
  const free = freeBytes(store.at.folder);
  if (needed + reserveBytes <= free || canShare(store, tree, files, copier)) return;
  ensureRoom('storeFull', needed, free);
}

/** What copying these files would take: holes take nothing, the names of one inode count once. */
function bytesToCopy(files: readonly Seen[]): number {
  const counted = new Set<bigint>();
  let sum = 0;
  for (const entry of files) {
    const group = linkGroup(entry);
    if (group !== undefined && counted.has(group)) continue;
    if (group !== undefined) counted.add(group);
    sum += Math.min(entry.allocatedBytes, entry.size + 4096);
  }
  return sum;
}

function canShare(store: VolumeStore, tree: Tree, files: readonly Seen[], copier: ContentCopier): boolean {
  const sample = files.find(({ allocatedBytes }) => allocatedBytes > 0);
  if (!sample) return true;
  const folder = openPath(store.at.objects, flag.readOnly | flag.folder);
  try {
    const from = openFile(tree, sample.path);
    try {
      return copier.canShare(from, folder);
    } finally {
      close(from);
    }
  } catch (error) {
    if (isVanished(error)) return false;
    throw error;
  } finally {
    close(folder);
  }
}

/** Turns "no space left on device" in the middle of work into the failure that says so. */
export async function failingWhenFull<T>(code: FullCode, folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!hasCode(cause, 'ENOSPC', 'EDQUOT')) throw cause;
    throw new Failure(code, { needed: reserveBytes, free: freeBytes(folder) }, { cause });
  }
}
