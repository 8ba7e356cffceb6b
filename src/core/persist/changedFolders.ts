import type { ContainerChange } from '../engine';
import { isWithin } from './persistPath';

/** A folder of a container, and how much in it differs from the image. */
export interface ChangedFolder {
  path: string;
  /** Entries that were added or modified in it, and below. */
  changes: number;
}

/** Engines write there, or it is gone with every stop. */
const passing = ['/proc', '/sys', '/dev', '/run', '/var/run', '/tmp', '/var/tmp', '/.dockerenv', '/run/.containerenv'];
const written = [
  '/etc/hosts',
  '/etc/hostname',
  '/etc/resolv.conf',
  '/etc/mtab',
  '/usr/sbin/docker-init',
  '/sbin/docker-init',
];

/**
 * What changed in a container, by folder, the largest first. A folder that was added as a whole is one; of those that the image
 * has, each in which something was added or modified.
 */
export function changedFolders(
  changes: readonly ContainerChange[],
  isLeftOut = (_path: string) => false,
): ChangedFolder[] {
  const kept = changes.filter(
    ({ path, kind }) =>
      kind !== 'deleted' && !isLeftOut(path) && ![...passing, ...written].some((folder) => isWithin(path, folder)),
  );
  const isParent = parentsAmong(changes.map(({ path }) => path));
  const added = new Set(kept.filter(({ kind }) => kind === 'added').map(({ path }) => path));
  const counts = new Map<string, number>();
  for (const { path, kind } of kept) {
    // Engines list a folder as modified for what is in it.
    if (kind === 'modified' && isParent.has(path)) continue;
    const folder = highestAdded(path, added, isParent) ?? parentOf(path);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .map(([path, number]) => ({ path, changes: number }))
    .sort((a, b) => b.changes - a.changes || (a.path < b.path ? -1 : 1));
}

/** Those of a container's changes that a folder does not hold: what stays behind when only that is persisted. */
export function changesOutside(changes: readonly ContainerChange[], path: string): ChangedFolder[] {
  return changedFolders(changes, (changed) => isWithin(changed, path));
}

/** The highest of the folders around a path, or the path itself, that the image does not have. */
function highestAdded(path: string, added: ReadonlySet<string>, isParent: ReadonlySet<string>): string | undefined {
  for (let at = path.indexOf('/', 1); at !== -1; at = path.indexOf('/', at + 1)) {
    const folder = path.slice(0, at);
    if (added.has(folder)) return folder;
  }
  return added.has(path) && isParent.has(path) ? path : undefined;
}

function parentsAmong(paths: readonly string[]): Set<string> {
  const parents = new Set<string>();
  for (const path of paths) {
    for (let folder = parentOf(path); folder !== '/' && !parents.has(folder); folder = parentOf(folder)) {
      parents.add(folder);
    }
  }
  return parents;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
