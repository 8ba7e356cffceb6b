import { stat } from '../libc';
import { padded } from '../../core/recorded';

/** Entries as the walking thread sees them, many in one message: each is its path and what statx says of it. */
export interface Batch {
  bytes: Uint8Array<ArrayBuffer>;
  /** How many of them are filled. */
  used: number;
}

/** The part of the kernel's `struct statx` that `stat` reads. */
export const statBytes = 144;
/** Enough that a message costs little beside what it holds, few enough that the reader begins early. */
const usualBytes = 64 * 1024;
const lengthBytes = 4;

/** Fills batches one after the other. All parts of an entry begin at a multiple of 4, and zero bytes fill up its path. */
export class BatchWriter {
  private bytes = Buffer.from(new ArrayBuffer(usualBytes));
  private used = 0;

  /** A full batch to send, when the entry has no more room in the one that is being filled. */
  makeRoom(path: string): Batch | undefined {
    const needed = lengthBytes + statBytes + padded(path.length);
    if (this.used + needed <= this.bytes.length) return undefined;
    const full = this.used > 0 ? this.take() : undefined;
    if (needed > this.bytes.length) this.bytes = Buffer.from(new ArrayBuffer(needed));
    return full;
  }

  add(path: string, stats: Buffer, at: number): void {
    const { bytes, used } = this;
    bytes.writeUInt32LE(path.length, used);
    stats.copy(bytes, used + lengthBytes, at, at + statBytes);
    bytes.write(path, used + lengthBytes + statBytes, 'latin1');
    this.used += lengthBytes + statBytes + padded(path.length);
  }

  take(): Batch {
    const { bytes, used } = this;
    this.bytes = Buffer.from(new ArrayBuffer(usualBytes));
    this.used = 0;
    return { bytes, used };
  }
}

/** The entry of a batch that a reader is at: compared where it lies, and copied only when more is asked of it. */
export class Met {
  /** The batch in bytes and in 32-bit words. */
  bytes: Buffer = Buffer.alloc(0);
  words = new Int32Array(0);
  /** Where what statx said of it begins; its path comes after that. */
  statAt = 0;
  pathBytes = 0;

  get pathAt(): number {
    return this.statAt + statBytes;
  }

  get path(): string {
    return this.bytes.toString('latin1', this.pathAt, this.pathAt + this.pathBytes);
  }

  /** What `stat.device()` says of it. */
  get device(): number {
    const word = (this.statAt + 136) >> 2;
    return (this.words[word]! >>> 0) * 0x1_0000_0000 + (this.words[word + 1]! >>> 0);
  }

  /** From now on `stat` holds it. */
  load(): void {
    this.bytes.copy(stat.bytes, 0, this.statAt, this.pathAt);
  }
}

/** Calls `visit` for each entry of a batch; ends early when that says false. */
export function eachOf({ bytes: { buffer }, used }: Batch, met: Met, visit: () => boolean | void): void {
  met.bytes = Buffer.from(buffer);
  met.words = new Int32Array(buffer);
  for (let at = 0; at < used; at = met.pathAt + padded(met.pathBytes)) {
    met.pathBytes = met.words[at >> 2]!;
    met.statAt = at + lengthBytes;
    if (visit() === false) return;
  }
}
