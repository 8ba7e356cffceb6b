import type { Dirent } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { Destination, ReadableFile, StoredFile, Upload } from '../core/backup/destination';
import { Cancelled, Failure, isFailure } from '../core/failure';
import { NewFile, partialPrefix } from './newFile';

/** Small enough that little is in memory, large enough that the way costs little. */
const pieceBytes = 512 * 1024;

/** A folder on this machine, or one that is mounted here. */
export class Folder implements Destination {
  constructor(private readonly folder: string) {}

  create(name: string, signal: AbortSignal): Promise<Upload> {
    return NewFile.create(this.pathOf(name), signal);
  }

  async *list(signal: AbortSignal): AsyncGenerator<StoredFile, void, undefined> {
    for (const entry of await this.entries()) {
      if (signal.aborted) throw new Cancelled();
      if (entry.isDirectory() || entry.name.startsWith(partialPrefix)) continue;
      const found = await fs.stat(this.pathOf(entry.name)).catch(() => undefined);
      if (found?.isFile()) yield { name: entry.name, bytes: found.size, modified: found.mtime };
    }
  }

  async open(name: string, _signal: AbortSignal): Promise<ReadableFile> {
    const file = this.pathOf(name);
    return await readable(file, async () => {
      const handle = await fs.open(file, 'r');
      try {
        return new OpenFile(file, handle, (await handle.stat()).size);
      } catch (error) {
        await handle.close();
        throw error;
      }
    });
  }

  remove(name: string, _signal: AbortSignal): Promise<void> {
    const file = this.pathOf(name);
    return fs.rm(file, { force: true }).catch((cause: Error) => {
      throw new Failure('destinationNotWritable', { file, reason: cause.message }, { cause });
    });
  }

  async removeLeftovers(before: Date, signal: AbortSignal): Promise<void> {
    for (const { name } of await this.entries()) {
      if (signal.aborted) throw new Cancelled();
      if (!name.startsWith(partialPrefix)) continue;
      const found = await fs.stat(this.pathOf(name)).catch(() => undefined);
      if (found && found.mtime < before) await this.remove(name, signal);
    }
  }

  private entries(): Promise<Dirent[]> {
    return fs.readdir(this.folder, { withFileTypes: true }).catch((cause: Error) => {
      throw new Failure('destinationNotReached', { destination: this.folder, reason: cause.message }, { cause });
    });
  }

  private pathOf(name: string): string {
    // A listing of somebody else's names no way out of it.
    if (path.basename(name) !== name) throw new Error(`not the name of a file: ${name}`);
    return path.join(this.folder, name);
  }
}

class OpenFile implements ReadableFile {
  constructor(
    readonly address: string,
    private readonly handle: fs.FileHandle,
    readonly bytes: number,
  ) {}

  async *read(start: number, end: number, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
    for (let at = start; at < end;) {
      if (signal.aborted) throw new Cancelled();
      const buffer = Buffer.allocUnsafe(Math.min(pieceBytes, end - at));
      const { bytesRead } = await readable(this.address, () => this.handle.read(buffer, 0, buffer.length, at));
      // It was cut meanwhile: whoever counts will see that.
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.handle.close();
  }
}

async function readable<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isFailure(cause) || (cause as NodeJS.ErrnoException).code === undefined) throw cause;
    throw new Failure('backupNotReadable', { file, reason: (cause as Error).message }, { cause });
  }
}
