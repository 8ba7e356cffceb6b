import { constants } from 'node:fs';
import { folderRecords, hasCode, seek, stat, statHandle } from '../libc';
import type { Tree } from '../tree';
import { type Batch, BatchWriter, statBytes } from './batch';

/**
 * Looks once at every entry below the root: parents before children, names of a folder in byte order, the root first.
 * What is on another file system is met, but not entered; folders that vanish meanwhile are empty.
 */
export function* walk(tree: Tree): Generator<Batch> {
  const writer = new BatchWriter();
  statHandle(tree.rootHandle);
  writer.add('', stat.bytes, 0);
  const device = stat.device();
  const open = [listing(tree, '', device)];
  for (let folder = open.at(-1); folder; folder = open.at(-1)) {
    const entry = folder.order[folder.next++];
    if (entry === undefined) {
      open.pop();
      continue;
    }
    const path = folder.prefix + folder.names[entry]!;
    const full = writer.makeRoom(path);
    if (full) yield full;
    writer.add(path, folder.stats, entry * statBytes);
    if (folder.folders.has(entry)) open.push(listing(tree, path, device));
  }
  yield writer.take();
}

/** The entries of one folder, in the order in which the kernel gives them. */
interface Listing {
  prefix: string;
  names: string[];
  /** `statBytes` of each. */
  stats: Buffer;
  /** Those to enter. */
  folders: Set<number>;
  /** Their indices in byte order of the names. */
  order: number[];
  /** Index in `order`. */
  next: number;
}

const { bytes } = folderRecords;
/** Offsets in the kernel's `struct linux_dirent64`. */
const lengthAt = 16;
const nameAt = 19;
const dot = 0x2e;

function listing(tree: Tree, path: string, device: number): Listing {
  const names: string[] = [];
  const folders = new Set<number>();
  let stats = Buffer.allocUnsafe(16 * statBytes);
  for (const [folder, name, end] of namesIn(tree, path)) {
    if (!folderRecords.statAt(folder, name, end)) continue;
    const entry = names.push(bytes.toString('latin1', name, end)) - 1;
    if (stats.length < names.length * statBytes) stats = Buffer.concat([stats], stats.length * 4);
    stat.bytes.copy(stats, entry * statBytes, 0, statBytes);
    if ((stat.mode() & constants.S_IFMT) === constants.S_IFDIR && stat.device() === device) folders.add(entry);
  }
  const order = names.map((_, entry) => entry).sort((a, b) => (names[a]! < names[b]! ? -1 : 1));
  return { prefix: path === '' ? '' : path + '/', names, stats, folders, order, next: 0 };
}

/** Where each name lies in `bytes`, but for the folder's own and its parent's. */
function* namesIn(tree: Tree, path: string): Generator<[folder: number, name: number, end: number]> {
  const folder = tryFolder(tree, path);
  if (folder === undefined) return;
  // The handle may have been read to its end before.
  seek(folder, 0);
  for (let read = folderRecords.read(folder); read > 0; read = folderRecords.read(folder)) {
    for (let record = 0; record < read; record += bytes[record + lengthAt]! | (bytes[record + lengthAt + 1]! << 8)) {
      const name = record + nameAt;
      let end = name;
      while (bytes[end] !== 0) end++;
      if (!isSelfOrParent(name, end)) yield [folder, name, end];
    }
  }
}

function isSelfOrParent(name: number, end: number): boolean {
  return bytes[name] === dot && (end === name + 1 || (end === name + 2 && bytes[name + 1] === dot));
}

/** A live volume's folders may vanish between being seen and being read. */
function tryFolder(tree: Tree, path: string): number | undefined {
  try {
    return tree.folder(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return undefined;
    throw error;
  }
}
