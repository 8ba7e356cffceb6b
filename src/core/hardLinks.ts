import type { Entry } from './entry';

/** Names the inode of an entry that may have other names; undefined for folders and for entries with one name. */
export function linkGroup(entry: Entry): bigint | undefined {
  return entry.nlink > 1 && entry.type !== 'directory' ? entry.ino : undefined;
}

/** Everything but folders, the names of one inode together; groups in the order of their first names. */
export function hardLinkGroups(entries: readonly Entry[]): Entry[][] {
  const byInode = new Map<bigint, Entry[]>();
  const groups: Entry[][] = [];
  for (const entry of entries) {
    if (entry.type === 'directory') continue;
    const inode = linkGroup(entry);
    const known = inode === undefined ? undefined : byInode.get(inode);
    if (known) {
      known.push(entry);
      continue;
    }
    const group = [entry];
    groups.push(group);
    if (inode !== undefined) byInode.set(inode, group);
  }
  return groups;
}
