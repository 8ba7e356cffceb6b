import type { Entry, EntryType } from './entry';
import { objectId } from './storeLayout';

/**
 * Offsets in a record of a manifest (docs/store-format.md), all numbers little-endian. From `nlink` to `mtime` it is laid out
 * as the kernel's `struct statx`, so that what a walk sees is compared with it as it is, and nothing is made of either.
 */
export const recordAt = {
  /** Bytes of the whole record, a multiple of 4. */
  length: 0,
  pathBytes: 4,
  nlink: 8,
  uid: 12,
  gid: 16,
  /** With the bits of its type, as st_mode. */
  mode: 20,
  ino: 24,
  size: 32,
  /** Seconds in 8 bytes, nanoseconds in 4, 4 zero bytes. */
  ctime: 40,
  mtime: 56,
  rdev: 72,
  /** Place of its snapshot in the header's list, counted from 1; 0 for none. */
  objectSnapshot: 80,
  objectNumber: 84,
  /** Filled up with zero bytes to a multiple of 4; what comes after it are the extras, as JSON. */
  path: 88,
} as const;

/** By the upper four bits of st_mode. */
const types: readonly (EntryType | undefined)[] = Object.assign(Array<EntryType | undefined>(16).fill(undefined), {
  1: 'fifo',
  2: 'char',
  4: 'directory',
  6: 'block',
  8: 'file',
  10: 'symlink',
  12: 'socket',
} satisfies Record<number, EntryType>);

export type Extras = Pick<Entry, 'target' | 'xattrs' | 'lostXattrs'>;
const noExtras: Extras = {};

export const padded = (bytes: number): number => (bytes + 3) & ~3;

/** The records of one manifest, in one stretch of memory. Nobody may change them. */
export class Records {
  readonly view: DataView;
  /** The same in 32-bit words. */
  readonly words: Int32Array;

  /** `bytes` begins at a multiple of 4 in its memory; `snapshots` are those that the records' objects are from. */
  constructor(
    readonly bytes: Buffer,
    readonly snapshots: readonly string[],
  ) {
    const { buffer, byteOffset, length } = bytes;
    this.view = new DataView(buffer, byteOffset, length);
    this.words = new Int32Array(buffer, byteOffset, length >> 2);
  }

  /** Throws on anything that `RecordWriter` does not write. */
  entries(): Recorded[] {
    const { words, bytes, snapshots } = this;
    const entries: Recorded[] = [];
    for (let at = 0; at < bytes.length;) {
      const word = at >> 2;
      const length = words[word + (recordAt.length >> 2)]!;
      const pathEnd = recordAt.path + padded(words[word + (recordAt.pathBytes >> 2)]!);
      const type = types[(words[word + (recordAt.mode >> 2)]! >> 12) & 15];
      const isWhole = length >= pathEnd && pathEnd >= recordAt.path && at + length <= bytes.length;
      const isKnown = words[word + (recordAt.objectSnapshot >> 2)]! >>> 0 <= snapshots.length;
      if (!isWhole || (length & 3) !== 0 || type === undefined || !isKnown) throw new Error('not an entry');
      entries.push(new Recorded(this, at));
      at += length;
    }
    return entries;
  }
}

/** An entry that is read out of its record when it is asked for: of most entries, most is never asked. */
export class Recorded implements Entry {
  private decodedPath: string | undefined;
  private decodedExtras: Extras | undefined;

  constructor(
    readonly records: Records,
    /** Where its record begins. */
    readonly at: number,
  ) {}

  get path(): string {
    const { bytes } = this.records;
    const start = this.at + recordAt.path;
    return (this.decodedPath ??= bytes.toString('latin1', start, start + this.pathBytes));
  }

  get pathBytes(): number {
    return this.word(recordAt.pathBytes);
  }

  get type(): EntryType {
    return types[(this.word(recordAt.mode) >> 12) & 15]!;
  }

  get mode(): number {
    return this.word(recordAt.mode) & 0o7777;
  }

  get uid(): number {
    return this.word(recordAt.uid) >>> 0;
  }

  get gid(): number {
    return this.word(recordAt.gid) >>> 0;
  }

  get size(): number {
    return (this.word(recordAt.size) >>> 0) + this.word(recordAt.size + 4) * 0x1_0000_0000;
  }

  get mtime(): bigint {
    return this.time(recordAt.mtime);
  }

  get ctime(): bigint {
    return this.time(recordAt.ctime);
  }

  get ino(): bigint {
    return this.records.view.getBigUint64(this.at + recordAt.ino, true);
  }

  get nlink(): number {
    return this.word(recordAt.nlink) >>> 0;
  }

  get rdev(): number | undefined {
    const { type } = this;
    if (type !== 'char' && type !== 'block') return undefined;
    return Number(this.records.view.getBigUint64(this.at + recordAt.rdev, true));
  }

  get object(): string | undefined {
    const snapshot = this.objectSnapshot;
    return snapshot === undefined ? undefined : objectId(snapshot, this.objectNumber);
  }

  /** The snapshot that made its object. */
  get objectSnapshot(): string | undefined {
    return this.records.snapshots[this.word(recordAt.objectSnapshot) - 1];
  }

  get objectNumber(): number {
    return this.word(recordAt.objectNumber) >>> 0;
  }

  get target(): string | undefined {
    return this.extras.target;
  }

  get xattrs(): Entry['xattrs'] {
    return this.extras.xattrs;
  }

  get lostXattrs(): true | undefined {
    return this.extras.lostXattrs;
  }

  /** Bytes of the whole record. */
  get length(): number {
    return this.word(recordAt.length);
  }

  private get extras(): Extras {
    const start = recordAt.path + padded(this.pathBytes);
    if (start === this.length) return noExtras;
    const { bytes } = this.records;
    return (this.decodedExtras ??= JSON.parse(
      bytes.toString('latin1', this.at + start, this.at + this.length),
    ) as Extras);
  }

  /** One of 32 bits. */
  private word(offset: number): number {
    return this.records.words[(this.at + offset) >> 2]!;
  }

  private time(offset: number): bigint {
    const { view } = this.records;
    const seconds = view.getBigInt64(this.at + offset, true);
    return seconds * 1_000_000_000n + BigInt(view.getUint32(this.at + offset + 8, true));
  }
}

/**
 * Whether two entries are the same in all that records say, inode and ctime included, without decoding them. False where one
 * is in no record: such are compared as entries.
 */
export function isSameRecord(one: Entry, other: Entry): boolean {
  if (one === other) return true;
  if (!(one instanceof Recorded) || !(other instanceof Recorded)) return false;
  const words = one.records.words;
  const otherWords = other.records.words;
  const start = one.at >> 2;
  const shift = (other.at >> 2) - start;
  const end = start + (one.length >> 2);
  // A place in a list that each manifest has its own of.
  const placeAt = start + (recordAt.objectSnapshot >> 2);
  for (let at = start; at < end; at++) if (words[at] !== otherWords[at + shift] && at !== placeAt) return false;
  return one.objectSnapshot === other.objectSnapshot;
}

/** An entry with properties of its own, to be made another one of. */
export function plainEntry(entry: Entry): Entry {
  const { path, type, mode, uid, gid, size, mtime, ctime, ino, nlink } = entry;
  const { target, rdev, xattrs, lostXattrs, object } = entry;
  return {
    ...{ path, type, mode, uid, gid, size, mtime, ctime, ino, nlink },
    ...(target !== undefined && { target }),
    ...(rdev !== undefined && { rdev }),
    ...(xattrs !== undefined && { xattrs }),
    ...(lostXattrs && { lostXattrs }),
    ...(object !== undefined && { object }),
  };
}

export function withoutObject(entry: Entry): Entry {
  const { object: _, ...rest } = plainEntry(entry);
  return rest;
}

/** Without making its id. */
export function hasObject(entry: Entry): boolean {
  return (entry instanceof Recorded ? entry.objectSnapshot : entry.object) !== undefined;
}
