import { constants } from 'node:fs';
import { openFolderBelow } from '../folderHandles';
import { close, folderRecords, hasCode, seek, stat, statHandle } from '../libc';
import { type Batch, BatchWriter, statBytes } from './batch';

/** How many folders, one in the other, are kept open: their subfolders are opened from them, which is quicker than from the root. */
const openFolders = 128;

/**
 * Looks once at every entry below `root`, an open folder: parents before children, names of a folder in byte order, the
 * root first. What is on another file system is met, but not entered; folders that vanish meanwhile are empty.
 */
export function* walk(root: number): Generator<Batch> {
  const writer = new BatchWriter();
  statHandle(root);
  writer.add('', stat.bytes, 0);
  const device = stat.device();
  // The handle may have been read to its end before.
  seek(root, 0);
  const open: Folder[] = [list('', root, device)];
  try {
    for (let folder = open.at(-1); folder; folder = open.at(-1)) {
      const entry = folder.order[folder.next++];
      if (entry === undefined) {
        open.pop();
        leave(folder, root);
        continue;
      }
      const path = folder.prefix + folder.names[entry]!;
      const full = writer.makeRoom(path);
      if (full) yield full;
      writer.add(path, folder.stats, entry * statBytes);
      if (!folder.enters[entry]) continue;
      const handle = tryOpen(root, folder, path, entry);
      if (handle === undefined) continue;
      const below = list(path, handle, device);
      open.push(below);
      if (open.length > openFolders) leave(below, root);
    }
    yield writer.take();
  } finally {
    for (const folder of open) leave(folder, root);
  }
}

/** The entries of one folder, in the order in which the kernel gives them. */
interface Folder {
  prefix: string;
  /** -1 when it is closed again. */
  handle: number;
  names: string[];
  /** `statBytes` of each. */
  stats: Buffer;
  /** Which are folders to enter. */
  enters: boolean[];
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

/** How often a folder is read anew that changed meanwhile. */
const readings = 3;

function list(path: string, handle: number, device: number): Folder {
  const found = new Found(device);
  for (let reading = 1; reading <= readings; reading++) {
    statHandle(handle);
    const before = stat.ctime();
    found.readAll(handle);
    statHandle(handle);
    // btrfs reads up to the last entry of when it was opened: what is replaced meanwhile comes after that.
    if (stat.ctime() === before) break;
    seek(handle, 0);
  }
  const { names, stats, enters } = found;
  const order = names.map((_, entry) => entry).sort((a, b) => (names[a]! < names[b]! ? -1 : 1));
  return { prefix: path === '' ? '' : path + '/', handle, names, stats, enters, order, next: 0 };
}

/** What was found in a folder, in all readings of it. */
class Found {
  readonly names: string[] = [];
  readonly enters: boolean[] = [];
  stats = Buffer.allocUnsafe(16 * statBytes);
  /** Made for the second reading. */
  private known: Map<string, number> | undefined;

  constructor(private readonly device: number) {}

  readAll(handle: number): void {
    if (this.names.length > 0) this.known = new Map(this.names.map((name, entry) => [name, entry]));
    for (let read = tryRead(handle); read > 0; read = tryRead(handle)) {
      for (let record = 0; record < read; record += bytes[record + lengthAt]! | (bytes[record + lengthAt + 1]! << 8)) {
        const name = record + nameAt;
        let end = name;
        while (bytes[end] !== 0) end++;
        if (isSelfOrParent(name, end) || !folderRecords.statAt(handle, name, end)) continue;
        this.add(bytes.toString('latin1', name, end));
      }
    }
  }

  /** `stat` holds it. */
  private add(name: string): void {
    const entry = this.known?.get(name) ?? this.names.length;
    const at = entry * statBytes;
    if (at === this.stats.length) this.stats = Buffer.concat([this.stats], at * 4);
    stat.bytes.copy(this.stats, at, 0, statBytes);
    this.names[entry] = name;
    this.enters[entry] = (stat.mode() & constants.S_IFMT) === constants.S_IFDIR && stat.device() === this.device;
  }
}

/** A folder that is removed while it is open has no more entries. */
function tryRead(handle: number): number {
  try {
    return folderRecords.read(handle);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 0;
    throw error;
  }
}

function isSelfOrParent(name: number, end: number): boolean {
  return bytes[name] === dot && (end === name + 1 || (end === name + 2 && bytes[name + 1] === dot));
}

/** A live volume's folders may vanish between being seen and being read. */
function tryOpen(root: number, { handle, names }: Folder, path: string, entry: number): number | undefined {
  try {
    return handle < 0 ? openFolderBelow(root, path) : openFolderBelow(handle, names[entry]!);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return undefined;
    throw error;
  }
}

function leave(folder: Folder, root: number): void {
  if (folder.handle >= 0 && folder.handle !== root) close(folder.handle);
  folder.handle = -1;
}
