import { constants } from 'node:fs';
import type { Entry, EntryType } from '../core/entry';
import { folderRecords, seek, stat, statHandle } from './libc';
import type { Losses } from './losses';
import type { Pace } from './pace';
import type { Tree } from './tree';

/** An entry as the scan sees it: xattrs and link targets are not read yet. */
export interface Seen extends Entry {
  allocatedBytes: number;
}

/**
 * What becomes of an entry in a scan's result; undefined leaves it out. Called while its folder is open and `stat` holds
 * the entry.
 */
export type Keep<T extends Entry> = (path: string) => T | undefined;

/**
 * Looks once at every entry below the root: parents before children, names of a folder in byte order, the root first.
 * Entries on other file systems are left out and named in `losses`; folders that vanish meanwhile are empty.
 */
export async function scan<T extends Entry>(tree: Tree, pace: Pace, losses: Losses, keep: Keep<T>): Promise<T[]> {
  statHandle(tree.rootHandle);
  const device = stat.device();
  const root = keep('');
  const kept: T[] = root ? [root] : [];
  const listing = { tree, device, pace, losses, keep };
  const open = [{ entries: await list('', listing), next: 0 }];
  for (let folder = open.at(-1); folder; folder = open.at(-1)) {
    const entry = folder.entries[folder.next++];
    if (!entry) {
      open.pop();
      continue;
    }
    kept.push(entry);
    if (entry.type === 'directory') open.push({ entries: await list(entry.path, listing), next: 0 });
  }
  return kept;
}

const { bytes } = folderRecords;
/** Offsets in the kernel's `struct linux_dirent64`. */
const lengthAt = 16;
const nameAt = 19;
const dot = 0x2e;

interface Listing<T extends Entry> {
  tree: Tree;
  device: number;
  pace: Pace;
  losses: Losses;
  keep: Keep<T>;
}

async function list<T extends Entry>(path: string, { tree, device, pace, losses, keep }: Listing<T>): Promise<T[]> {
  const folder = tryFolder(tree, path);
  if (folder === undefined) return [];
  const prefix = path === '' ? '' : path + '/';
  const entries: T[] = [];
  // The handle may have been read to its end before.
  seek(folder, 0);
  for (let read = folderRecords.read(folder); read > 0; read = folderRecords.read(folder)) {
    for (let record = 0; record < read; record += bytes[record + lengthAt]! | (bytes[record + lengthAt + 1]! << 8)) {
      const name = record + nameAt;
      let end = name;
      while (bytes[end] !== 0) end++;
      if (isSelfOrParent(name, end) || !folderRecords.statAt(folder, name, end)) continue;
      pace.count(1, 0);
      const path = prefix + bytes.toString('latin1', name, end);
      if (stat.device() !== device) losses.add('other-file-system', path);
      else {
        const entry = keep(path);
        if (entry) entries.push(entry);
      }
    }
    if (pace.dueNow()) await pace.turn();
  }
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function isSelfOrParent(name: number, end: number): boolean {
  return bytes[name] === dot && (end === name + 1 || (end === name + 2 && bytes[name + 1] === dot));
}

/** A live volume's folders may vanish between being seen and being read. */
function tryFolder(tree: Tree, path: string): number | undefined {
  try {
    return tree.folder(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

const typeOfMode = new Map<number, EntryType>([
  [constants.S_IFREG, 'file'],
  [constants.S_IFDIR, 'directory'],
  [constants.S_IFLNK, 'symlink'],
  [constants.S_IFIFO, 'fifo'],
  [constants.S_IFCHR, 'char'],
  [constants.S_IFBLK, 'block'],
  [constants.S_IFSOCK, 'socket'],
]);

export function typeOfStat(): EntryType {
  return typeOfMode.get(stat.mode() & constants.S_IFMT) ?? 'socket';
}

/** The entry that `stat` holds. */
export function fromStat(path: string): Seen {
  const type = typeOfStat();
  const entry: Seen = {
    path,
    type,
    mode: stat.mode() & 0o7777,
    uid: stat.uid(),
    gid: stat.gid(),
    size: type === 'file' ? stat.size() : 0,
    mtime: stat.mtime(),
    ctime: stat.ctime(),
    ino: stat.ino(),
    nlink: stat.nlink(),
    allocatedBytes: stat.allocatedBytes(),
  };
  if (type === 'char' || type === 'block') entry.rdev = stat.rdev();
  return entry;
}
