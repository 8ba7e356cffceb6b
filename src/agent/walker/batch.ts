import { stat } from '../libc';

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

/** Fills batches one after the other. */
export class BatchWriter {
  private bytes = Buffer.from(new ArrayBuffer(usualBytes));
  private used = 0;

  /** A full batch to send, when the entry has no more room in the one that is being filled. */
  makeRoom(path: string): Batch | undefined {
    const needed = lengthBytes + path.length + statBytes;
    if (this.used + needed <= this.bytes.length) return undefined;
    const full = this.used > 0 ? this.take() : undefined;
    if (needed > this.bytes.length) this.bytes = Buffer.from(new ArrayBuffer(needed));
    return full;
  }

  add(path: string, stats: Buffer, at: number): void {
    const { bytes } = this;
    bytes.writeUInt32LE(path.length, this.used);
    bytes.write(path, this.used + lengthBytes, 'latin1');
    stats.copy(bytes, this.used + lengthBytes + path.length, at, at + statBytes);
    this.used += lengthBytes + path.length + statBytes;
  }

  take(): Batch {
    const { bytes, used } = this;
    this.bytes = Buffer.from(new ArrayBuffer(usualBytes));
    this.used = 0;
    return { bytes, used };
  }
}

/** Calls `visit` for each entry of a batch, while `stat` holds it; ends early when that says false. */
export function eachOf({ bytes: { buffer }, used }: Batch, visit: (path: string) => boolean | void): void {
  const bytes = Buffer.from(buffer);
  for (let at = 0; at < used;) {
    const path = at + lengthBytes;
    const end = path + bytes.readUInt32LE(at);
    bytes.copy(stat.bytes, 0, end, end + statBytes);
    at = end + statBytes;
    if (visit(bytes.toString('latin1', path, end)) === false) return;
  }
}
