import type { Entry } from '../entry';
import { hardLinkGroups, linkGroup } from '../hardLinks';

/**
 * The paths, folders not among them, that are in both snapshots of one store and the same in all that an archive has of them:
 * content by its object, names of an inode together. Inodes and ctimes do not count: they are of the disk, not of the data.
 */
export function unchangedSince(before: readonly Entry[], now: readonly Entry[]): Set<string> {
  const then = new Map(before.map((entry) => [entry.path, entry]));
  const namesThen = namesOfInodes(before);
  const namesNow = namesOfInodes(now);
  const unchanged = new Set<string>();
  for (const group of hardLinkGroups(now)) {
    const isSame = group.every((entry) => {
      const old = then.get(entry.path);
      return old && isSameEntry(old, entry) && namesThen.get(old.path) === namesNow.get(entry.path);
    });
    if (isSame) for (const { path } of group) unchanged.add(path);
  }
  return unchanged;
}

/** For each entry that has several names: all of them, as one text. */
function namesOfInodes(entries: readonly Entry[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const group of hardLinkGroups(entries)) {
    if (linkGroup(group[0]!) === undefined) continue;
    const all = group
      .map(({ path }) => path)
      .sort()
      .join('\0');
    for (const { path } of group) names.set(path, all);
  }
  return names;
}

function isSameEntry(then: Entry, now: Entry): boolean {
  return (
    then.type === now.type &&
    then.mode === now.mode &&
    then.uid === now.uid &&
    then.gid === now.gid &&
    then.size === now.size &&
    then.mtime === now.mtime &&
    then.target === now.target &&
    then.rdev === now.rdev &&
    (now.type !== 'file' || (now.object !== undefined && then.object === now.object)) &&
    then.lostXattrs === now.lostXattrs &&
    JSON.stringify(then.xattrs) === JSON.stringify(now.xattrs)
  );
}
