import { constants } from 'node:fs';
import { linkGroup } from '../core/hardLinks';
import type { ContentCopier } from './content';
import { close, flag, hasCode, openAt, stat, statHandle } from './libc';
import { isVanished } from './observe';
import type { Pace } from './pace';
import { fromStat, type Seen } from './scan';
import type { NewObjects } from './store/newObjects';
import type { Tree } from './tree';

export interface Captured {
  files: number;
  bytes: number;
  /** Files that changed while they were copied, and files that were gone. */
  torn: Seen[];
  vanished: Seen[];
}

export interface Capturing {
  tree: Tree;
  objects: NewObjects;
  copier: ContentCopier;
  pace: Pace;
  /** Whether entries that are not copied now have their content in this object. */
  isNamed: (object: string) => boolean;
}

/** Below this, a copy anew costs no more than finding out what differs. */
const worthUpdatingBytes = 1024 * 1024;

/**
 * Copies the content of files into objects, the names of one inode once. Each entry becomes what the file was when its
 * copy began: a file that changes later is told by its ctime. The copy that an earlier pass made of a large file is
 * brought up to date instead.
 */
export async function capture(files: readonly Seen[], capturing: Capturing): Promise<Captured> {
  const { tree, pace } = capturing;
  const result: Captured = { files: 0, bytes: 0, torn: [], vanished: [] };
  const copied = new Map<bigint, Seen>();
  const torn = new Set<Seen>();
  for (const entry of files) {
    if (pace.due()) await pace.turn();
    const group = linkGroup(entry);
    const other = group === undefined ? undefined : copied.get(group);
    if (other && isStill(tree, entry, other)) {
      Object.assign(entry, other, { path: entry.path });
      if (torn.has(other)) result.torn.push(entry);
      continue;
    }
    const outcome = await captureOne(entry, capturing);
    if (outcome !== 'whole') result[outcome].push(entry);
    if (outcome === 'torn') torn.add(entry);
    if (outcome === 'vanished') continue;
    const copiedGroup = linkGroup(entry);
    if (copiedGroup !== undefined) copied.set(copiedGroup, entry);
    result.files++;
    result.bytes += entry.size;
    pace.count(1, entry.size);
  }
  return result;
}

/** Whether a name still is one of the file that was copied: a live volume's file may have been replaced since its scan. */
function isStill(tree: Tree, entry: Seen, { ino }: Seen): boolean {
  const handle = tryOpenFile(tree, entry);
  if (handle === undefined) return false;
  close(handle);
  return stat.ino() === ino;
}

async function captureOne(entry: Seen, capturing: Capturing): Promise<'whole' | 'torn' | 'vanished'> {
  const from = tryOpenFile(capturing.tree, entry);
  if (from === undefined) return 'vanished';
  try {
    Object.assign(entry, fromStat(entry.path));
    await (updateCopy(from, entry, capturing) ?? copyAnew(from, entry, capturing));
    statHandle(from);
    return stat.ctime() === entry.ctime && stat.size() === entry.size ? 'whole' : 'torn';
  } finally {
    close(from);
  }
}

async function copyAnew(from: number, entry: Seen, { objects, copier, pace }: Capturing): Promise<void> {
  const object = objects.create();
  objects.wasLast(entry.ino);
  try {
    entry.object = object.id;
    await copier.copy(from, object.handle, entry, pace);
  } finally {
    close(object.handle);
  }
}

/** Undefined where there is no copy that only this file has, or another one costs nothing. */
function updateCopy(
  from: number,
  entry: Seen,
  { objects, copier, pace, isNamed }: Capturing,
): Promise<void> | undefined {
  if (entry.size < worthUpdatingBytes || copier.shares) return undefined;
  // Copied anew, only data is read; a comparison would read all of the holes, and may take minutes.
  if (entry.allocatedBytes < entry.size) return undefined;
  const copy = objects.takeCopyOf(entry.ino);
  if (!copy || isNamed(copy.id)) return undefined;
  entry.object = copy.id;
  const to = copy.open();
  return copier.update(from, to, entry.size, pace).finally(() => close(to));
}

/** Opens a file and fills `stat`; undefined when it is gone or something else by now. Never waits for a FIFO's writer. */
function tryOpenFile(tree: Tree, entry: Seen): number | undefined {
  try {
    const handle = openFile(tree, entry.path);
    statHandle(handle);
    if ((stat.mode() & constants.S_IFMT) === constants.S_IFREG) return handle;
    close(handle);
    return undefined;
  } catch (error) {
    if (isVanished(error)) return undefined;
    throw error;
  }
}

export function openFile(tree: Tree, path: string): number {
  const flags = flag.readOnly | flag.noFollow | flag.nonBlock;
  const [folder, name] = tree.at(path);
  try {
    return openAt(folder, name, flags | flag.noAtime);
  } catch (error) {
    // Only a file's owner (or CAP_FOWNER) may leave its access time alone.
    if (!hasCode(error, 'EPERM')) throw error;
    return openAt(folder, name, flags);
  }
}
