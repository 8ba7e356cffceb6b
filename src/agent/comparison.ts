import * as fs from 'node:fs';
import { promisify } from 'node:util';

/** How much is compared at once; two of each are in memory while one is read ahead. */
export const comparedBytes = 4 * 1024 * 1024;
/** How much is written where they differ: what databases write are pages of 4 to 64 KiB. */
const blockBytes = 64 * 1024;

const read = promisify(fs.read);

/** One stretch of two files, read on other threads. */
export class Comparison {
  private readonly wanted = Buffer.allocUnsafeSlow(comparedBytes);
  private readonly present = Buffer.allocUnsafeSlow(comparedBytes);
  private at = 0;
  private length = 0;
  private presentLength = 0;

  constructor(
    private readonly from: number,
    private readonly to: number,
  ) {}

  /** `length` is at most `comparedBytes`. Where `from` has become shorter meanwhile, zeros are wanted. */
  async read(at: number, length: number): Promise<this> {
    const [wanted, present] = await Promise.all([
      read(this.from, this.wanted, 0, length, at),
      read(this.to, this.present, 0, length, at),
    ]);
    this.wanted.fill(0, wanted.bytesRead, length);
    Object.assign(this, { at, length, presentLength: present.bytesRead });
    return this;
  }

  /** Writes what differs. */
  write(): void {
    for (let start = 0; start < this.length; start += blockBytes) {
      const end = Math.min(start + blockBytes, this.length);
      const isThere = end <= this.presentLength;
      if (isThere && this.wanted.compare(this.present, start, end, start, end) === 0) continue;
      for (let at = start; at < end;) at += fs.writeSync(this.to, this.wanted, at, end - at, this.at + at);
    }
  }
}
