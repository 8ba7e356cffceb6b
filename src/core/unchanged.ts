import type { Entry } from './entry';

/**
 * The engine's clock ticks every 1–10 ms, so a change this shortly after the stamp may bear a ctime before it.
 */
export const tickNs = 10_000_000n;
/** A ctime without a fraction may come from a file system that keeps whole seconds (ext4 with 128-byte inodes). */
const wholeSecondTickNs = 2_000_000_000n;
const secondNs = 1_000_000_000n;

/**
 * File systems on which every change of a file moves its ctime once its pages were written back, by their magic number
 * from statfs(2). On tmpfs an mmap write never moves it; network and FUSE file systems promise nothing.
 */
const trustedFileSystems = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x2fc12fc1, 'zfs'],
  [0xf2f52010, 'f2fs'],
]);

export function isTrustedFileSystem(magic: number): boolean {
  return trustedFileSystems.has(magic);
}

/** Tells which records may serve as proof later: those whose last change lies safely before the stamp of the scan that saw them. */
export class Settled {
  private readonly tick: { seconds: number; nanoseconds: number };
  private readonly wholeSecondTick: { seconds: number; nanoseconds: number };

  constructor(stamp: bigint) {
    this.tick = parts(stamp - tickNs);
    this.wholeSecondTick = parts(stamp - wholeSecondTickNs);
  }

  /** A ctime as the kernel tells it: once an entry, so nothing is made of it. */
  has(seconds: number, nanoseconds: number): boolean {
    const limit = nanoseconds === 0 ? this.wholeSecondTick : this.tick;
    return seconds < limit.seconds || (seconds === limit.seconds && nanoseconds < limit.nanoseconds);
  }
}

function parts(time: bigint): { seconds: number; nanoseconds: number } {
  const nanoseconds = ((time % secondNs) + secondNs) % secondNs;
  return { seconds: Number((time - nanoseconds) / secondNs), nanoseconds: Number(nanoseconds) };
}

export function isSettled({ ctime }: Pick<Entry, 'ctime'>, stamp: bigint): boolean {
  const { seconds, nanoseconds } = parts(ctime);
  return new Settled(stamp).has(seconds, nanoseconds);
}

/** What the proof looks at. */
export type Looked = Pick<Entry, 'type' | 'ino' | 'size' | 'mtime' | 'ctime'>;

/**
 * Whether an entry is proved to be what it was when `then` was recorded. `stamp` was made before the syncfs that `then`'s
 * content was copied after: pages that were dirty before it are clean since, so writing to them again moves the ctime.
 * (When the entry was looked at, before or after the syncfs, does not matter; a copy looks again when it begins.)
 * Size and mtime alone are no proof: tar, package managers and `touch -d` set them.
 */
export function isProvedUnchanged(now: Looked, then: Entry, stamp: bigint): boolean {
  return (
    now.size === then.size &&
    now.ctime === then.ctime &&
    now.ino === then.ino &&
    now.type === then.type &&
    now.mtime === then.mtime &&
    isSettled(then, stamp)
  );
}
