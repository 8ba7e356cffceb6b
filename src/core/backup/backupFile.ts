import { Failure } from '../failure';
import type { BackupManifest } from './backupManifest';
import { UnknownFormat } from './checkManifest';
import type { Destination, ReadableFile } from './destination';
import { decodeTrailer, footerBytes, trailerBytes } from './trailer';

/** A backup, open for reading. What it says of itself is believed only by who has read all of it. */
export class BackupFile implements AsyncDisposable {
  private constructor(
    private readonly file: ReadableFile,
    readonly manifest: BackupManifest,
    /** Its end, which holds the manifest and the proof. */
    readonly trailer: Buffer,
  ) {}

  /** Rejects with backupWithoutProof, backupTooNew, backupDamaged, and as its destination does. */
  static async open(destination: Destination, name: string, signal: AbortSignal): Promise<BackupFile> {
    const file = await destination.open(name, signal);
    try {
      const { address, bytes: size } = file;
      const footer = await readAll(file, Math.max(0, size - footerBytes), size, signal);
      const bytes = trailerBytes(footer);
      if (bytes === undefined || bytes > size) throw new Failure('backupWithoutProof', { file: address });
      const trailer = await readAll(file, size - bytes, size, signal);
      return new BackupFile(file, manifestIn(trailer, address), trailer);
    } catch (error) {
      await file[Symbol.asyncDispose]();
      throw error;
    }
  }

  get address(): string {
    return this.file.address;
  }

  /** The proof, in hexadecimal: no other backup has the same. */
  get sha256(): string {
    return decodeTrailer(this.trailer).sha256.toString('hex');
  }

  /** All of it but its end. */
  archive(signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    return this.file.read(0, this.file.bytes - this.trailer.length, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.file[Symbol.asyncDispose]();
  }
}

/** Looks only at its end. */
export async function readBackupManifest(
  destination: Destination,
  name: string,
  signal: AbortSignal,
): Promise<BackupManifest> {
  await using file = await BackupFile.open(destination, name, signal);
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

async function readAll(file: ReadableFile, start: number, end: number, signal: AbortSignal): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of file.read(start, end, signal)) parts.push(part);
  return Buffer.concat(parts);
}
