import { constants } from 'node:fs';
import type { Entry } from '../core/entry';
import { Failure, isFailure } from '../core/failure';
import type { Plan } from '../core/plan';
import type { ContentCopier } from './content';
import {
  close,
  flag,
  hasCode,
  linkAt,
  makeFolderAt,
  makeNodeAt,
  openAt,
  openPath,
  stat,
  statHandle,
  symlinkAt,
  unlinkAt,
} from './libc';
import type { Losses } from './losses';
import { setMetadata } from './metadata';
import type { Pace } from './pace';
import type { Tree } from './tree';
import type { Written } from './written';

export interface Applying {
  /** Its name. */
  volume: string;
  tree: Tree;
  /** Path in the store of a file's content. */
  objectPath: (entry: Entry) => string;
  copier: ContentCopier;
  pace: Pace;
  losses: Losses;
  written: Written;
}

/**
 * Carries out a plan. Nothing is written through what is there: files are made anew under a name that was freed, and a
 * folder on the way that is a symlink fails the work. Rejects with restoreIncomplete and the path that could not be made.
 */
export async function apply(plan: Plan, to: Applying): Promise<void> {
  const { tree, losses, written } = to;
  const each = <T>(items: readonly T[], path: (item: T) => string, step: (item: T) => void | Promise<void>) =>
    eachOf(items, path, step, to);
  const ownPath = ({ path }: Entry) => path;

  await each(plan.remove, ownPath, ({ path, type }) => unlinkAt(...tree.at(path), type === 'directory'));
  await each(plan.folders, ownPath, ({ path }) => makeFolderAt(...tree.at(path), 0o700));
  await each(plan.files, ownPath, (entry) => writeFile(entry, to));
  await each(plan.specials, ownPath, (entry) => makeSpecial(tree, entry));
  await each(
    plan.links,
    ({ entry }) => entry.path,
    (link) => makeLink(tree, link.to, link.entry.path),
  );
  await each(plan.metadata, ownPath, (entry) => {
    setMetadata(tree, entry, losses);
    written.add(tree, entry.path);
  });
  await each(plan.folderMetadata, ownPath, (entry) => setMetadata(tree, entry, losses));
  tree.forget();
}

async function eachOf<T>(
  items: readonly T[],
  path: (item: T) => string,
  step: (item: T) => void | Promise<void>,
  { volume, pace }: Applying,
): Promise<void> {
  for (const item of items) {
    try {
      const working = step(item);
      if (working) await working;
    } catch (cause) {
      if (isFailure(cause) || hasCode(cause, 'ENOSPC', 'EDQUOT')) throw cause;
      throw new Failure('restoreIncomplete', { volume, path: path(item), reason: String(cause) }, { cause });
    }
    if (pace.due()) await pace.turn();
  }
}

const newFile = flag.writeOnly | flag.create | flag.exclusive | flag.noFollow;

async function writeFile(entry: Entry, { tree, objectPath, copier, pace }: Applying): Promise<void> {
  const from = openPath(objectPath(entry), flag.readOnly | flag.noFollow);
  try {
    statHandle(from);
    const allocatedBytes = stat.allocatedBytes();
    const handle = openAt(...tree.at(entry.path), newFile, 0o600);
    try {
      await copier.copy(from, handle, { size: entry.size, allocatedBytes }, pace);
    } finally {
      close(handle);
    }
    pace.count(1, entry.size);
  } finally {
    close(from);
  }
}

const nodeType = { fifo: constants.S_IFIFO, char: constants.S_IFCHR, block: constants.S_IFBLK } as const;

function makeSpecial(tree: Tree, entry: Entry): void {
  const [folder, name] = tree.at(entry.path);
  switch (entry.type) {
    case 'symlink':
      return symlinkAt(entry.target ?? '', folder, name);
    case 'fifo':
    case 'char':
    case 'block':
      return makeNodeAt(folder, name, nodeType[entry.type] | 0o600, entry.rdev ?? 0);
    default:
      throw new Error(`a ${entry.type} cannot be made`);
  }
}

function makeLink(tree: Tree, from: string, path: string): void {
  const slash = from.lastIndexOf('/');
  const fromFolder = tree.openFolder(from.slice(0, Math.max(0, slash)));
  try {
    linkAt(fromFolder, from.slice(slash + 1), ...tree.at(path));
  } finally {
    close(fromFolder);
  }
}
