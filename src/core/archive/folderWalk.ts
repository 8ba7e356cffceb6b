import type { BigIntStats } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { displayName } from '../bytes';
import type { Entry, EntryType } from '../entry';
import { Failure, throwIfCancelled } from '../failure';

/** Something in a folder of this machine. */
export interface Found {
  entry: Entry;
  /** Of a file or symlink with several names, the same for all of them. */
  sameFile?: string;
  /** Where it is on this machine, byte for byte. */
  at: Buffer;
}

/** What cannot be made on another machine, or would be another thing there: sockets, devices. */
export interface LeftOut {
  leftOut: string;
}

/**
 * A folder of this machine and all that is below it, folders before what is in them, in the order of their bytes. Symlinks are
 * not followed, but for the folder itself. Rejects with folderNotReadable, naming what it could not look at.
 */
export async function* walkFolder(
  folder: string,
  signal: AbortSignal,
): AsyncGenerator<Found | LeftOut, void, undefined> {
  const root = Buffer.from(path.resolve(folder));
  const found = await readable(root, () => fs.stat(root, { bigint: true }));
  if (!found.isDirectory()) throw notReadable(root, 'it is no folder');
  yield { entry: entryOf('', 'directory', found), at: root };
  yield* below(root, '', signal);
}

/** Files and folders of this machine side by side, each by its own name, with all that is below; in a folder that is none of theirs. */
export async function* walkItems(
  items: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Found | LeftOut, void, undefined> {
  for (const item of items) {
    const at = Buffer.from(path.resolve(item));
    yield* one(at, Buffer.from(path.basename(item)).toString('latin1'), signal);
  }
}

async function* below(
  folder: Buffer,
  inside: string,
  signal: AbortSignal,
): AsyncGenerator<Found | LeftOut, void, undefined> {
  const names = await readable(folder, () => fs.readdir(folder, { encoding: 'buffer' }));
  for (const name of names.sort((a, b) => Buffer.compare(a, b))) {
    throwIfCancelled(signal);
    const at = Buffer.concat([folder, Buffer.from(path.sep), name]);
    const latin1 = name.toString('latin1');
    yield* one(at, inside === '' ? latin1 : `${inside}/${latin1}`, signal);
  }
}

async function* one(at: Buffer, inner: string, signal: AbortSignal): AsyncGenerator<Found | LeftOut, void, undefined> {
  const stats = await readable(at, () => fs.lstat(at, { bigint: true }));
  const type = typeOf(stats);
  if (type === undefined) {
    yield { leftOut: inner };
    return;
  }
  const entry = entryOf(inner, type, stats);
  if (type === 'symlink') {
    entry.target = (await readable(at, () => fs.readlink(at, { encoding: 'buffer' }))).toString('latin1');
  }
  const hasMore = type !== 'directory' && stats.nlink > 1n;
  yield { entry, at, ...(hasMore && { sameFile: `${stats.dev}:${stats.ino}` }) };
  if (type === 'directory') yield* below(at, inner, signal);
}

function typeOf(stats: BigIntStats): EntryType | undefined {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symlink';
  return stats.isFIFO() ? 'fifo' : undefined;
}

/** Windows knows neither owners nor modes: there, as root would make it. */
export function entryOf(path: string, type: EntryType, stats: BigIntStats, platform = process.platform): Entry {
  const isWindows = platform === 'win32';
  return {
    path,
    type,
    mode: isWindows ? (type === 'directory' ? 0o755 : 0o644) : Number(stats.mode) & 0o7777,
    uid: isWindows ? 0 : Number(stats.uid),
    gid: isWindows ? 0 : Number(stats.gid),
    size: type === 'file' ? Number(stats.size) : 0,
    mtime: stats.mtimeNs,
    ctime: 0n,
    ino: stats.ino,
    nlink: 1,
  };
}

/** What the file system says of it becomes a failure that names it. */
export async function readable<T>(at: Buffer, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw notReadable(at, message, cause);
  }
}

export function notReadable(at: Buffer, reason: string, cause?: unknown): Failure {
  return new Failure('folderNotReadable', { file: displayName(at.toString('latin1')), reason }, { cause });
}
