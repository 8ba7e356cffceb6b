import type { Entry, EntryType } from './entry';
import { Recorded, type Records, padded, recordAt, type Extras } from './recorded';
import { objectParts } from './storeLayout';

const chunkBytes = 256 * 1024;
const secondNs = 1_000_000_000n;

const typeBits: Record<EntryType, number> = {
  fifo: 0o010000,
  char: 0o020000,
  directory: 0o040000,
  block: 0o060000,
  file: 0o100000,
  symlink: 0o120000,
  socket: 0o140000,
};

/** Makes the records of entries. Those that are in records already are copied as they are, neighbours in one go. */
export class RecordWriter {
  private readonly full: Buffer[] = [];
  private chunk: Buffer = Buffer.alloc(0);
  private used = 0;
  private readonly places = new Map<string, number>();
  /** Records that lie one behind the other, and are to be copied. */
  private run: { records: Records; start: number; end: number } | undefined;
  /** For those of `run`: the place here of each snapshot there. */
  private translated: { records: Records; places: Int32Array } | undefined;

  add(entry: Entry): void {
    if (!(entry instanceof Recorded)) return this.encode(entry);
    const { records, at, length } = entry;
    if (this.run?.records === records && this.run.end === at) {
      this.run.end += length;
      return;
    }
    this.endRun();
    this.run = { records, start: at, end: at + length };
  }

  /** All records in pieces, and the snapshots that their objects are from. */
  finish(): { pieces: Buffer[]; snapshots: string[] } {
    this.endRun();
    const pieces = [...this.full, this.chunk.subarray(0, this.used)];
    return { pieces, snapshots: [...this.places.keys()] };
  }

  private endRun(): void {
    if (!this.run) return;
    const { records, start, end } = this.run;
    this.run = undefined;
    const at = this.room(end - start);
    records.bytes.copy(this.chunk, at, start, end);
    this.translate(at, records);
  }

  private translate(from: number, records: Records): void {
    const { chunk, used } = this;
    const words = new Int32Array(chunk.buffer, chunk.byteOffset, chunk.length >> 2);
    if (this.translated?.records !== records) {
      this.translated = { records, places: new Int32Array(records.snapshots.length + 1) };
    }
    const { places } = this.translated;
    for (let at = from; at < used; at += words[(at + recordAt.length) >> 2]!) {
      const word = (at + recordAt.objectSnapshot) >> 2;
      const there = words[word]!;
      if (there !== 0) words[word] = places[there] ||= this.placeOf(records.snapshots[there - 1]!);
    }
  }

  private placeOf(snapshot: string): number {
    let place = this.places.get(snapshot);
    if (place === undefined) this.places.set(snapshot, (place = this.places.size + 1));
    return place;
  }

  private encode(entry: Entry): void {
    this.endRun();
    const extras = extrasOf(entry);
    const pathEnd = recordAt.path + padded(entry.path.length);
    const length = pathEnd + padded(extras.length);
    const at = this.room(length);
    const { chunk } = this;
    chunk.fill(0, at, at + pathEnd);
    chunk.writeInt32LE(length, at + recordAt.length);
    chunk.writeInt32LE(entry.path.length, at + recordAt.pathBytes);
    chunk.writeUInt32LE(entry.nlink, at + recordAt.nlink);
    chunk.writeUInt32LE(entry.uid, at + recordAt.uid);
    chunk.writeUInt32LE(entry.gid, at + recordAt.gid);
    chunk.writeUInt32LE(typeBits[entry.type] | entry.mode, at + recordAt.mode);
    chunk.writeBigUInt64LE(entry.ino, at + recordAt.ino);
    chunk.writeBigUInt64LE(BigInt(entry.size), at + recordAt.size);
    writeTime(chunk, entry.ctime, at + recordAt.ctime);
    writeTime(chunk, entry.mtime, at + recordAt.mtime);
    chunk.writeBigUInt64LE(BigInt(entry.rdev ?? 0), at + recordAt.rdev);
    if (entry.object !== undefined) {
      const { snapshot, number } = objectParts(entry.object);
      chunk.writeUInt32LE(this.placeOf(snapshot), at + recordAt.objectSnapshot);
      chunk.writeUInt32LE(number, at + recordAt.objectNumber);
    }
    chunk.write(entry.path, at + recordAt.path, 'latin1');
    chunk.write(extras.padEnd(padded(extras.length)), at + pathEnd, 'latin1');
  }

  /** Where the next `bytes` go, in the chunk that is current then. */
  private room(bytes: number): number {
    if (this.used + bytes > this.chunk.length) {
      if (this.used > 0) this.full.push(this.chunk.subarray(0, this.used));
      this.chunk = Buffer.allocUnsafeSlow(Math.max(chunkBytes, bytes));
      this.used = 0;
    }
    const at = this.used;
    this.used += bytes;
    return at;
  }
}

/** JSON in latin1, which never needs an escape of its own: all of it are bytes, one in each character. */
function extrasOf({ target, xattrs, lostXattrs }: Entry): string {
  if (target === undefined && xattrs === undefined && !lostXattrs) return '';
  return JSON.stringify({ target, xattrs, lostXattrs } satisfies Extras);
}

function writeTime(chunk: Buffer, time: bigint, at: number): void {
  const fraction = ((time % secondNs) + secondNs) % secondNs;
  chunk.writeBigInt64LE((time - fraction) / secondNs, at);
  chunk.writeUInt32LE(Number(fraction), at + 8);
}
