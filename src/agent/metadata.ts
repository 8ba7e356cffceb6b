import type { Entry } from '../core/entry';
import { isKept } from './attributes';
import { chmodAt, chownAt, hasCode, listXattrs, removeXattr, setMtimeAt, setXattr } from './libc';
import type { Losses } from './losses';
import type { Tree } from './tree';

/**
 * Sets owner, mode, attributes and time; in this order, for chown clears setuid bits and capabilities, and everything
 * but the last moves times. Attributes that the file system refuses are a loss.
 */
export function setMetadata(tree: Tree, entry: Entry, losses: Losses): void {
  const [folder, name] = tree.at(entry.path);
  chownAt(folder, name, entry.uid, entry.gid);
  if (entry.type !== 'symlink') chmodAt(folder, name, entry.mode);
  setXattrs(tree, entry, losses);
  setMtimeAt(folder, name, entry.mtime);
}

/** Removes what is not wanted as well: new entries inherit ACLs from the default ones of their folder. */
function setXattrs(tree: Tree, { path, xattrs = [] }: Entry, losses: Losses): void {
  const at = tree.pathOf(path);
  const wanted = new Set(xattrs.map(([name]) => name));
  for (const name of listXattrs(at)) if (isKept(name) && !wanted.has(name)) removeXattr(at, name);
  for (const [name, value] of xattrs) {
    try {
      setXattr(at, name, value);
    } catch (error) {
      if (!hasCode(error, 'ENOTSUP', 'EOPNOTSUPP', 'EPERM', 'ENOSPC', 'E2BIG', 'ERANGE', 'EINVAL')) throw error;
      losses.add('xattr', path);
    }
  }
}
