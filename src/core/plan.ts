import type { Entry } from './entry';
import { hardLinkGroups, linkGroup } from './hardLinks';
import { hasObject, isSameRecord } from './recorded';
import { isBehind } from './walkOrder';

/**
 * What has to be done to make a tree equal to another one. The lists are in the order in which they are carried out,
 * and every entry is the wanted one, but for `remove`.
 */
export interface Plan {
  /** Entries that are not wanted, or not like this; children before their folder. */
  remove: Entry[];
  /** Folders to make; parents first. */
  folders: Entry[];
  /** Files to write, one of each hard-link group. */
  files: Entry[];
  /** Symlinks, FIFOs and devices to make, one of each hard-link group. */
  specials: Entry[];
  /** Further names of files and specials that are there or were just made. */
  links: { entry: Entry; to: string }[];
  /** Owner, mode, xattrs and times to set on something that is no folder; once for each hard-link group. */
  metadata: Entry[];
  /** The same for folders, children first. Making and removing entries moves a folder's mtime. */
  folderMetadata: Entry[];
  /** Wanted files whose content is there already, hard links counted once. */
  kept: { files: number; bytes: number };
}

/**
 * Both lists are in scan order: parents before children, the root folder (path '') included. A current file's content
 * is known only by its `object`; without one, or with another one than the wanted, it is written anew.
 */
export function plan(present: readonly Entry[], all: readonly Entry[]): Plan {
  const { current, wanted, same } = differing(present, all);
  const now = new Map(current.map((entry) => [entry.path, entry]));
  const then = new Map(wanted.map((entry) => [entry.path, entry]));
  const result: Plan = {
    remove: [],
    folders: [],
    files: [],
    specials: [],
    links: [],
    metadata: [],
    folderMetadata: [],
    kept: same,
  };
  const kept = new Kept();
  for (const group of hardLinkGroups(wanted)) planGroup(group, now, kept, result);
  const touched = planFolders(now, wanted, result);
  planRemovals(current, then, kept, result);
  for (const { path } of result.remove) touched.add(parentOf(path));
  for (const entry of made(result)) touched.add(parentOf(entry.path));
  result.folderMetadata = wanted.filter(({ type, path }) => type === 'directory' && touched.has(path)).reverse();
  return result;
}

/**
 * Leaves out what is the same in both, without a look at most of what it is: something under one name, for which there is
 * nothing to do, and on which nothing else depends. Folders stay, for what is in them.
 */
function differing(current: readonly Entry[], wanted: readonly Entry[]) {
  const left = { current: [] as Entry[], wanted: [] as Entry[], same: { files: 0, bytes: 0 } };
  let [i, j] = [0, 0];
  for (;;) {
    const [now, then] = [current[i], wanted[j]];
    if (!now && !then) return left;
    if (now && then && staysAsItIs(now, then)) {
      if (then.type === 'file') {
        left.same.files++;
        left.same.bytes += then.size;
      }
      i++;
      j++;
      continue;
    }
    // Were one list in another order, more would be left to plan, and no less.
    const isNowNext = now && !(then && isBehind(now.path, then.path));
    const isThenNext = then && !(now && isBehind(then.path, now.path));
    if (isNowNext) {
      left.current.push(now);
      i++;
    }
    if (isThenNext) {
      left.wanted.push(then);
      j++;
    }
  }
}

function staysAsItIs(now: Entry, then: Entry): boolean {
  if (then.nlink !== 1 || then.type === 'directory' || !isSameRecord(now, then)) return false;
  return then.type !== 'file' || hasObject(then);
}

/** One group of hard links; mostly a group of one. Keeps an inode that has the wanted content under a wanted name. */
function planGroup(group: readonly Entry[], now: Map<string, Entry>, kept: Kept, result: Plan): void {
  const maker = group.find((entry) => isSameContent(now.get(entry.path), entry) && kept.isFree(now.get(entry.path)!));
  const inode = maker && now.get(maker.path);
  const first = maker ?? group[0]!;
  if (!inode) (first.type === 'file' ? result.files : result.specials).push(first);
  else if (first.type === 'file') {
    result.kept.files++;
    result.kept.bytes += first.size;
  }
  for (const entry of group) {
    const there = now.get(entry.path);
    if (inode && there && isSameInode(there, inode)) kept.add(there);
    else if (entry !== first) result.links.push({ entry, to: first.path });
  }
  if (!inode || !isSameMetadata(inode, first)) result.metadata.push(first);
}

/** Current entries that stay. */
class Kept {
  private readonly entries = new Set<Entry>();
  private readonly inodes = new Set<bigint>();

  add(entry: Entry): void {
    this.entries.add(entry);
    const inode = linkGroup(entry);
    if (inode !== undefined) this.inodes.add(inode);
  }

  has(entry: Entry): boolean {
    return this.entries.has(entry);
  }

  /** An inode can become only one of the wanted groups: the first that asked. */
  isFree(entry: Entry): boolean {
    const inode = linkGroup(entry);
    return inode === undefined || !this.inodes.has(inode);
  }
}

function isSameInode(a: Entry, b: Entry): boolean {
  return a === b || (linkGroup(a) !== undefined && linkGroup(a) === linkGroup(b));
}

function planFolders(now: Map<string, Entry>, wanted: readonly Entry[], result: Plan): Set<string> {
  const touched = new Set<string>();
  for (const entry of wanted) {
    if (entry.type !== 'directory') continue;
    const there = now.get(entry.path);
    if (there?.type !== 'directory') result.folders.push(entry);
    else if (isSameMetadata(there, entry)) continue;
    touched.add(entry.path);
  }
  return touched;
}

function planRemovals(current: readonly Entry[], then: Map<string, Entry>, kept: Kept, result: Plan): void {
  for (const entry of current) {
    const stays = entry.type === 'directory' ? then.get(entry.path)?.type === 'directory' : kept.has(entry);
    if (!stays) result.remove.push(entry);
  }
  result.remove.reverse();
}

function* made({ folders, files, specials, links }: Plan): Generator<Entry> {
  yield* folders;
  yield* files;
  yield* specials;
  for (const { entry } of links) yield entry;
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function isSameContent(now: Entry | undefined, wanted: Entry): boolean {
  if (!now || now.type !== wanted.type) return false;
  if (wanted.type === 'file') return now.object !== undefined && now.object === wanted.object;
  return now.target === wanted.target && now.rdev === wanted.rdev;
}

export function isSameMetadata(now: Entry, wanted: Entry): boolean {
  const owned = now.uid === wanted.uid && now.gid === wanted.gid && now.mode === wanted.mode;
  return owned && now.mtime === wanted.mtime && isSameXattrs(now.xattrs, wanted.xattrs);
}

function isSameXattrs(now: Entry['xattrs'] = [], wanted: Entry['xattrs'] = []): boolean {
  if (now.length !== wanted.length) return false;
  const values = new Map(wanted);
  return now.every(([name, value]) => values.get(name) === value);
}
