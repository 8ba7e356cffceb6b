import type { Entry } from '../core/entry';
import { Recorded, recordAt } from '../core/recorded';
import { isProvedUnchanged, Settled } from '../core/unchanged';
import { isBehind } from '../core/walkOrder';
import type { Known } from './observe';
import { looked } from './scan';
import type { Met } from './walker/batch';

/** Words of `struct statx` (`walker/batch.ts`) and of a record, each from where it begins. */
const met = { mode: 7, ino: 8, size: 10, ctime: 24, mtime: 28 };
const word = (offset: number) => offset >> 2;
const then = {
  mode: word(recordAt.mode),
  ino: word(recordAt.ino),
  size: word(recordAt.size),
  ctime: word(recordAt.ctime),
  mtime: word(recordAt.mtime),
  path: word(recordAt.path),
};
const typeBits = 0o170000;
const file = 0o100000;

/**
 * Finds what is known of the entries that a walk meets. Both come in the order of walks, so one look along the known ones
 * is enough; were they in another order, less would be found, and copied.
 */
export class Recall {
  private next = 0;
  private readonly entries: readonly Entry[];
  private readonly stamp: bigint;
  private readonly settled: Settled;

  constructor({ entries, stamp }: Known) {
    this.entries = entries;
    this.stamp = stamp;
    this.settled = new Settled(stamp);
  }

  /** The known entry of the path that is met, when it is proved unchanged. */
  find(now: Met): Entry | undefined {
    const known = this.at(now);
    if (known === undefined) return undefined;
    if (known instanceof Recorded) return isProvedByRecord(now, known, this.settled) ? known : undefined;
    now.load();
    return isProvedUnchanged(looked, known, this.stamp) ? known : undefined;
  }

  private at(now: Met): Entry | undefined {
    for (;;) {
      const known = this.entries[this.next];
      if (known === undefined) return undefined;
      if (isPathOf(known, now)) {
        this.next++;
        return known;
      }
      // What is met is new; or what was known is gone.
      if (isBehind(known.path, now.path)) return undefined;
      this.next++;
    }
  }
}

export function isPathOf(known: Entry, now: Met): boolean {
  if (!(known instanceof Recorded)) return known.path === now.path;
  const { pathBytes } = now;
  if (known.pathBytes !== pathBytes) return false;
  const { words } = known.records;
  let there = word(known.at) + then.path;
  let here = word(now.pathAt);
  // What fills up the last word is zero in both.
  for (let left = pathBytes; left > 0; left -= 4) if (words[there++] !== now.words[here++]) return false;
  return true;
}

/** The same question as `isProvedUnchanged`, asked of the bytes. */
function isProvedByRecord(now: Met, known: Recorded, settled: Settled): boolean {
  const { words, view } = known.records;
  const at = word(known.at);
  return (
    isSameTime(words, at + then.ctime, now, met.ctime) &&
    isSameLook(now, known) &&
    isSameWords(words, at + then.ino, now, met.ino) &&
    settled.has(secondsAt(words, at + then.ctime), view.getUint32(known.at + recordAt.ctime + 8, true))
  );
}

/** Type, size and mtime: all that is to be seen of content where inodes and ctimes say nothing. */
export function isSameLook(now: Met, { records: { words }, at: start }: Recorded): boolean {
  const at = word(start);
  const mode = now.words[word(now.statAt) + met.mode]! & 0xffff;
  const type = mode & typeBits;
  if (type !== (words[at + then.mode]! & typeBits)) return false;
  // Of anything else, a size is no part of the data.
  if (type === file && !isSameWords(words, at + then.size, now, met.size)) return false;
  return isSameTime(words, at + then.mtime, now, met.mtime);
}

/** Inode and ctime. */
export function isSameInode(now: Met, { records: { words }, at: start }: Recorded): boolean {
  const at = word(start);
  return isSameWords(words, at + then.ino, now, met.ino) && isSameTime(words, at + then.ctime, now, met.ctime);
}

/** Two words. */
function isSameWords(words: Int32Array, at: number, now: Met, offset: number): boolean {
  const here = word(now.statAt) + offset;
  return words[at] === now.words[here] && words[at + 1] === now.words[here + 1];
}

function isSameTime(words: Int32Array, at: number, now: Met, offset: number): boolean {
  const here = word(now.statAt) + offset;
  return isSameWords(words, at, now, offset) && words[at + 2] === now.words[here + 2];
}

function secondsAt(words: Int32Array, at: number): number {
  return (words[at]! >>> 0) + words[at + 1]! * 0x1_0000_0000;
}
