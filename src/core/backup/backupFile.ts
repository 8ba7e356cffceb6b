import * as fs from 'node:fs/promises';
import { Failure, isFailure } from '../failure';
import type { BackupManifest } from './backupManifest';
import { UnknownFormat } from './checkManifest';
import { decodeTrailer, footerBytes, trailerBytes } from './trailer';

/** Small enough that little is in memory, large enough that the way costs little. */
const pieceBytes = 512 * 1024;

/** A backup on this machine, open for reading. What it says of itself is believed only by who has read all of it. */
export class BackupFile implements AsyncDisposable {
  private constructor(
    readonly path: string,
    private readonly handle: fs.FileHandle,
    readonly manifest: BackupManifest,
    /** Its end, which holds the manifest and the proof. */
    readonly trailer: Buffer,
    private readonly archiveBytes: number,
  ) {}

  /** Rejects with backupWithoutProof, backupTooNew, backupDamaged or backupNotReadable. */
  static open(path: string): Promise<BackupFile> {
    return explained(path, async () => {
      const handle = await fs.open(path, 'r');
      try {
        const { size } = await handle.stat();
        const footer = await readAt(handle, Math.max(0, size - footerBytes), Math.min(size, footerBytes));
        const bytes = trailerBytes(footer);
        if (bytes === undefined || bytes > size) throw new Failure('backupWithoutProof', { file: path });
        const trailer = await readAt(handle, size - bytes, bytes);
        return new BackupFile(path, handle, manifestIn(trailer, path), trailer, size - bytes);
      } catch (error) {
        await handle.close();
        throw error;
      }
    });
  }

  /** All of it but its end. */
  async *archive(): AsyncGenerator<Buffer, void, undefined> {
    for (let at = 0; at < this.archiveBytes; at += pieceBytes) {
      const bytes = Math.min(pieceBytes, this.archiveBytes - at);
      yield await explained(this.path, () => readAt(this.handle, at, bytes));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.handle.close();
  }
}

/** Looks only at its end. */
export async function readBackupManifest(path: string): Promise<BackupManifest> {
  await using file = await BackupFile.open(path);
  return file.manifest;
}

function manifestIn(trailer: Buffer, file: string): BackupManifest {
  try {
    return decodeTrailer(trailer).manifest;
  } catch (cause) {
    const { message } = cause as Error;
    if (cause instanceof UnknownFormat) throw new Failure('backupTooNew', { file, tool: message }, { cause });
    throw new Failure('backupDamaged', { file, reason: message }, { cause });
  }
}

async function readAt(handle: fs.FileHandle, position: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(bytes);
  for (let read = 0; read < bytes;) {
    const { bytesRead } = await handle.read(buffer, read, bytes - read, position + read);
    // It was cut meanwhile: whoever counts will see that.
    if (bytesRead === 0) return buffer.subarray(0, read);
    read += bytesRead;
  }
  return buffer;
}

async function explained<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isFailure(cause) || (cause as NodeJS.ErrnoException).code === undefined) throw cause;
    throw new Failure('backupNotReadable', { file, reason: (cause as Error).message }, { cause });
  }
}
