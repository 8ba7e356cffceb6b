import type { Entry } from '../core/entry';
import { linkGroup } from '../core/hardLinks';
import { isSameRecord } from '../core/recorded';

/** The first path at which the tree is not what was wanted; undefined when it is. Content is not compared. */
export function firstDifference(
  seen: readonly Entry[],
  wanted: readonly Entry[],
  compare: { times: boolean; xattrs: boolean },
): string | undefined {
  const inodes = new InodePairs();
  for (let i = 0; i < Math.max(seen.length, wanted.length); i++) {
    const [now, then] = [seen[i], wanted[i]];
    if (now && then && then.nlink === 1 && isSameRecord(now, then)) continue;
    if (!now || !then || now.path !== then.path) return (then ?? now)!.path;
    if (!isEqual(now, then, compare) || !inodes.match(now, then)) return then.path;
  }
  return undefined;
}

function isEqual(now: Entry, then: Entry, compare: { times: boolean; xattrs: boolean }): boolean {
  return (
    now.type === then.type &&
    (now.mode === then.mode || then.type === 'symlink') &&
    now.uid === then.uid &&
    now.gid === then.gid &&
    now.size === then.size &&
    now.target === then.target &&
    now.rdev === then.rdev &&
    (!compare.times || isSameTime(now.mtime, then.mtime)) &&
    (!compare.xattrs || JSON.stringify(now.xattrs) === JSON.stringify(then.xattrs))
  );
}

const secondNs = 1_000_000_000n;

/** A file system may keep whole seconds only. */
function isSameTime(now: bigint, then: bigint): boolean {
  return now === then || (now % secondNs === 0n && now <= then && then - now < secondNs);
}

/** Checks that the same names share an inode as were wanted to. */
class InodePairs {
  private readonly nowOf = new Map<string, bigint>();
  private readonly thenOf = new Map<bigint, string>();

  match(now: Entry, then: Entry): boolean {
    if (linkGroup(now) === undefined && linkGroup(then) === undefined) return true;
    // Names outside of the tree count in nlink too, so a group may have one name here.
    const group = linkGroup(then)?.toString() ?? `/${then.path}`;
    return isPair(this.nowOf, group, now.ino) && isPair(this.thenOf, now.ino, group);
  }
}

function isPair<K, V>(pairs: Map<K, V>, key: K, value: V): boolean {
  const known = pairs.get(key);
  if (known === undefined) pairs.set(key, value);
  return known === undefined || known === value;
}
