import * as fs from 'node:fs';
import { Comparison, comparedBytes } from './comparison';
import { dataExtents } from './dataExtents';
import { clone, close, copyRange, flag, hasCode, openAt, seek } from './libc';
import type { Pace } from './pace';

/** Small enough that a cancel waits for no more than a moment, on slow disks too. */
const chunkBytes = 16 * 1024 * 1024;
/** Below this, one read and one write cost less than the kernel's own copy. */
const smallBytes = 128 * 1024;
const buffer = Buffer.allocUnsafe(1024 * 1024);

/**
 * Copies the content of open files between two file systems: by sharing blocks where they can, else inside the kernel,
 * holes kept. Learns once what they can.
 */
export class ContentCopier {
  private canClone: boolean | undefined;
  private canCopyRange = true;

  /** Whether copies into `folder` share their blocks with `from`, and so take no space; tried on a file without a name. */
  canShare(from: number, folder: number): boolean {
    if (this.canClone !== undefined) return this.canClone;
    const to = tryTemporary(folder);
    if (to === undefined) return false;
    try {
      return this.tryClone(from, to);
    } finally {
      close(to);
    }
  }

  /** Makes the empty file `to` hold exactly `size` bytes; zeros where `from` has become shorter meanwhile. */
  async copy(from: number, to: number, file: { size: number; allocatedBytes: number }, pace: Pace): Promise<void> {
    const { size, allocatedBytes } = file;
    if (size === 0) return;
    if (size <= smallBytes && this.canClone === false && copySmall(from, to, size)) return;
    if (this.tryClone(from, to)) return fitSize(to, size);
    const copied =
      allocatedBytes < size ? await this.copyExtents(from, to, size, pace) : await this.copyDense(from, to, size, pace);
    if (copied !== size) fs.ftruncateSync(to, size);
  }

  /** Whether copies share their blocks with what they were copied from; false as long as that is not known. */
  get shares(): boolean {
    return this.canClone === true;
  }

  /**
   * Makes `to`, an earlier copy of `from`, hold exactly the `size` bytes that `from` has now, and writes only where they
   * differ. Reads ahead on other threads: this is most of a freeze's time when a large file changes.
   */
  async update(from: number, to: number, size: number, pace: Pace): Promise<void> {
    if (fs.fstatSync(to).size > size) fs.ftruncateSync(to, size);
    const stretches = [new Comparison(from, to), new Comparison(from, to)];
    const read = (at: number) => stretches[(at / comparedBytes) & 1]!.read(at, Math.min(comparedBytes, size - at));
    let ahead = read(0);
    try {
      for (let at = 0; at < size; at += comparedBytes) {
        const stretch = await ahead;
        if (at + comparedBytes < size) ahead = read(at + comparedBytes);
        stretch.write();
        if (pace.dueNow()) await pace.turn();
      }
    } finally {
      // The handles are not closed under it.
      await ahead.catch(() => {});
    }
    if (fs.fstatSync(to).size !== size) fs.ftruncateSync(to, size);
  }

  private tryClone(from: number, to: number): boolean {
    if (this.canClone === false) return false;
    this.canClone = clone(from, to);
    return this.canClone;
  }

  private async copyExtents(from: number, to: number, size: number, pace: Pace): Promise<number> {
    let end = 0;
    for (const [start, extentEnd] of dataExtents(from, size)) {
      end = extentEnd;
      seek(from, start);
      seek(to, start);
      const copied = await this.copyDense(from, to, end - start, pace);
      if (copied < end - start) return start + copied;
    }
    return end;
  }

  /** From the handles' positions on; returns the bytes copied, fewer than asked when `from` ends. */
  private async copyDense(from: number, to: number, bytes: number, pace: Pace): Promise<number> {
    let done = 0;
    while (done < bytes) {
      const copied = this.copyChunk(from, to, Math.min(bytes - done, chunkBytes));
      if (copied === 0) break;
      done += copied;
      if (pace.dueNow()) await pace.turn();
    }
    return done;
  }

  private copyChunk(from: number, to: number, bytes: number): number {
    if (this.canCopyRange) {
      try {
        const copied = copyRange(from, to, bytes);
        // Some file systems answer 0 where there is more to read.
        if (copied > 0) return copied;
      } catch (error) {
        if (!hasCode(error, 'EXDEV', 'EINVAL', 'ENOSYS', 'EOPNOTSUPP', 'ENOTSUP', 'EPERM')) throw error;
        this.canCopyRange = false;
      }
    }
    const read = fs.readSync(from, buffer, 0, Math.min(bytes, buffer.length), null);
    writeAll(to, buffer.subarray(0, read));
    return read;
  }
}

/** False, with nothing written, when the file has become shorter. */
function copySmall(from: number, to: number, size: number): boolean {
  if (fs.readSync(from, buffer, 0, size, 0) !== size) return false;
  writeAll(to, buffer.subarray(0, size));
  return true;
}

function writeAll(to: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += fs.writeSync(to, bytes, at);
}

/** A clone has the size that the file had in that moment. */
function fitSize(to: number, size: number): void {
  if (fs.fstatSync(to).size !== size) fs.ftruncateSync(to, size);
}

function tryTemporary(folder: number): number | undefined {
  try {
    return openAt(folder, '.', flag.writeOnly | flag.temporary, 0o600);
  } catch (error) {
    if (hasCode(error, 'EOPNOTSUPP', 'ENOTSUP', 'EISDIR', 'EINVAL', 'ENOENT', 'EROFS')) return undefined;
    throw error;
  }
}
