import { constants } from 'node:fs';
import type { Entry, EntryType } from '../core/entry';
import { readFolder, seek, stat, statAt } from './libc';
import type { Losses } from './losses';
import type { Pace } from './pace';
import type { Tree } from './tree';

/** An entry as the scan sees it: xattrs and link targets are not read yet. */
export interface Seen extends Entry {
  allocatedBytes: number;
}

/**
 * Looks once at every entry below the root: parents before children, names of a folder in byte order, the root first.
 * Entries on other file systems are left out and named in `losses`; folders that vanish meanwhile are empty.
 */
export async function scan(tree: Tree, pace: Pace, losses: Losses): Promise<Seen[]> {
  const root = seeRoot(tree);
  const device = stat.device();
  const seen: Seen[] = [root];
  const open: { entries: Seen[]; next: number }[] = [{ entries: await list(tree, '', device, pace, losses), next: 0 }];
  for (let folder = open.at(-1); folder; folder = open.at(-1)) {
    const entry = folder.entries[folder.next++];
    if (!entry) {
      open.pop();
      continue;
    }
    seen.push(entry);
    if (entry.type !== 'directory') continue;
    open.push({ entries: await list(tree, entry.path, device, pace, losses), next: 0 });
  }
  return seen;
}

const emptyRecord = Buffer.from('.\0');

function seeRoot(tree: Tree): Seen {
  statAt(tree.rootHandle, emptyRecord);
  return fromStat('');
}

/** Offsets in the kernel's `struct linux_dirent64`. */
const lengthAt = 16;
const nameAt = 19;
const records = Buffer.alloc(128 * 1024);

async function list(tree: Tree, path: string, device: number, pace: Pace, losses: Losses): Promise<Seen[]> {
  const folder = tryFolder(tree, path);
  if (folder === undefined) return [];
  const prefix = path === '' ? '' : path + '/';
  const entries: Seen[] = [];
  // The handle may have been read to its end before.
  seek(folder, 0);
  for (let bytes = readFolder(folder, records); bytes > 0; bytes = readFolder(folder, records)) {
    for (let at = 0; at < bytes; at += records.readUInt16LE(at + lengthAt)) {
      const end = records.indexOf(0, at + nameAt);
      const name = records.toString('latin1', at + nameAt, end);
      if (name === '.' || name === '..' || !statAt(folder, records.subarray(at + nameAt, end + 1))) continue;
      pace.count(1, 0);
      if (stat.device() === device) entries.push(fromStat(prefix + name));
      else losses.add('other-file-system', prefix + name);
    }
    if (pace.dueNow()) await pace.turn();
  }
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
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

/** The entry that `stat` holds. */
export function fromStat(path: string): Seen {
  const mode = stat.mode();
  const type = typeOfMode.get(mode & constants.S_IFMT) ?? 'socket';
  const entry: Seen = {
    path,
    type,
    mode: mode & 0o7777,
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
