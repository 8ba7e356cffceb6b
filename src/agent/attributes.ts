import type { Entry } from '../core/entry';
import { getXattr, hasCode, listXattrs, readLinkAt } from './libc';
import type { Tree } from './tree';

/** Attributes that are part of the data. `system.posix_acl_*` are the POSIX ACLs. */
const kept = /^(user\.|security\.capability$|system\.posix_acl_(access|default)$|btrfs\.)/;
/** Labels of the machine's security policy: it gives files new ones wherever they are. */
const foreign = /^security\.(selinux|apparmor|ima|evm)$/;

export function isKept(name: string): boolean {
  return kept.test(name);
}

/** Reads what a scan leaves out: link target and extended attributes. Throws ENOENT when the entry vanished. */
export function readDetails(tree: Tree, entry: Entry): void {
  if (entry.type === 'socket') return;
  if (entry.type === 'symlink') entry.target = readLinkAt(...tree.at(entry.path));
  const path = tree.pathOf(entry.path);
  const names = listXattrs(path);
  if (names.length === 0) return;
  if (names.some((name) => !isKept(name) && !foreign.test(name))) entry.lostXattrs = true;
  const xattrs = names
    .filter(isKept)
    .sort()
    .map((name) => readXattr(path, name));
  const found = xattrs.filter((xattr) => xattr !== undefined);
  if (found.length > 0) entry.xattrs = found;
}

/** An app may remove an attribute between being listed and being read. */
function readXattr(path: string, name: string): [string, string] | undefined {
  try {
    return [name, getXattr(path, name)];
  } catch (error) {
    if (hasCode(error, 'ENODATA')) return undefined;
    throw error;
  }
}
