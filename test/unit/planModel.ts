import type { Entry, EntryType } from '../../src/core/entry';
import { parentOf, type Plan } from '../../src/core/plan';

export interface ModelNode {
  path: string;
  type: EntryType;
  content: string;
  mode: number;
  /** Another name of the nth node before it, if that is no folder. */
  linkTo?: number | undefined;
}

/** A consistent list of entries in scan order: parents are made, and duplicate paths and children of files left out. */
export function treeOf(nodes: readonly ModelNode[], firstIno: bigint): Entry[] {
  const byPath = new Map<string, Entry>();
  let ino = firstIno;
  const base = { mode: 0o755, uid: 0, gid: 0, size: 0, mtime: 1n, ctime: 1n, nlink: 1 };
  const makeFolder = (path: string): boolean => {
    const there = byPath.get(path);
    if (there) return there.type === 'directory';
    if (path !== '' && !makeFolder(parentOf(path))) return false;
    byPath.set(path, { ...base, path, type: 'directory', ino: ino++ });
    return true;
  };
  makeFolder('');
  for (const { path, type, content, mode, linkTo } of nodes) {
    if (byPath.has(path) || !makeFolder(parentOf(path))) continue;
    const other = linkTo === undefined ? undefined : [...byPath.values()].filter((e) => e.type !== 'directory')[linkTo];
    if (type === 'directory') makeFolder(path);
    else if (other) byPath.set(path, { ...other, path });
    else byPath.set(path, { ...base, path, type, mode, ino: ino++, ...ofType(type, content) });
  }
  const entries = [...byPath.values()];
  for (const entry of entries) {
    if (entry.type !== 'directory') entry.nlink = entries.filter((other) => other.ino === entry.ino).length;
  }
  return entries.sort((a, b) => (key(a.path) < key(b.path) ? -1 : 1));
}

/** Slashes before everything else: the order of a scan. */
const key = (path: string) => path.replaceAll('/', '\0');

function ofType(type: EntryType, content: string): Partial<Entry> {
  if (type === 'file') return { object: content, size: content.length };
  return type === 'symlink' ? { target: content } : {};
}

interface Inode {
  type: EntryType;
  content: string;
  mode: number;
  /** Whether making or removing entries in this folder moved its time. */
  moved: boolean;
}

/**
 * Carries a plan out as a file system would: names point to inodes, a folder must be there and empty to go, a name must
 * be free to be made. Returns what is there after it, with the groups of names that share an inode.
 */
export function applyToModel(current: readonly Entry[], plan: Plan): string[] {
  const inodes = new Map<bigint, Inode>();
  const names = new Map<string, Inode>();
  for (const entry of current) {
    const inode = inodes.get(entry.ino) ?? inodeOf(entry, entry.mode);
    inodes.set(entry.ino, inode);
    names.set(entry.path, inode);
  }
  const make = (path: string, inode: Inode) => {
    if (names.has(path)) throw new Error(`${path} is there already`);
    if (names.get(parentOf(path))?.type !== 'directory') throw new Error(`${path} has no folder`);
    names.set(path, inode);
    move(path);
  };
  const move = (path: string) => {
    names.get(parentOf(path))!.moved = true;
  };
  for (const { path } of plan.remove) {
    const children = [...names.keys()].filter((name) => name.startsWith(`${path}/`));
    if (children.length > 0) throw new Error(`${path} is not empty`);
    if (!names.delete(path)) throw new Error(`${path} is not there`);
    move(path);
  }
  for (const entry of [...plan.folders, ...plan.files, ...plan.specials]) make(entry.path, inodeOf(entry, -1));
  for (const { entry, to } of plan.links) make(entry.path, names.get(to)!);
  for (const { path, mode } of [...plan.metadata, ...plan.folderMetadata])
    Object.assign(names.get(path)!, { mode, moved: false });
  return describe(names);
}

function inodeOf({ type, object, target }: Entry, mode: number): Inode {
  return { type, content: object ?? target ?? '', mode, moved: false };
}

function describe(names: Map<string, Inode>): string[] {
  const all = [...names].sort(([a], [b]) => (key(a) < key(b) ? -1 : 1));
  return all.map(([path, inode]) => {
    const first = inode.type === 'directory' ? path : all.find(([, other]) => other === inode)![0];
    return `${path} ${inode.type} ${inode.content} ${inode.mode.toString(8)}${inode.moved ? ' moved' : ''} =${first}`;
  });
}
