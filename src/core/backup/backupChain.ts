import { isFailure, Failure } from '../failure';
import { BackupFile } from './backupFile';
import type { BackupBase } from './backupManifest';
import type { Destination } from './destination';

/** More than any setting makes. */
const longest = 1_000;

/** A backup with all that it builds on, open for reading. */
export class BackupChain implements AsyncDisposable {
  private constructor(
    /** In the order in which they are unpacked: a full one, and each only what has changed since the one before. */
    readonly links: readonly BackupFile[],
  ) {}

  /** Rejects as `BackupFile.open` does, and with backupChainBroken when an earlier one is missing, damaged or another one. */
  static async open(destination: Destination, name: string, signal: AbortSignal): Promise<BackupChain> {
    const links = [await BackupFile.open(destination, name, signal)];
    try {
      for (let base = links[0]!.manifest.base; base; base = links[0]!.manifest.base) {
        if (links.length >= longest)
          throw new Failure('backupChainBroken', { file: name, link: base.file, reason: 'it does not end' });
        links.unshift(await openBase(destination, base, name, signal));
      }
      return new BackupChain(links);
    } catch (error) {
      await close(links);
      throw error;
    }
  }

  /** The one that was asked for. */
  get newest(): BackupFile {
    return this.links.at(-1)!;
  }

  /** Of all archives. */
  get compressedBytes(): number {
    return this.links.reduce((sum, { manifest }) => sum + manifest.archive.compressedBytes, 0);
  }

  /** One after the other, without their ends. */
  async *archives(signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    for (const link of this.links) yield* link.archive(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await close(this.links);
  }
}

async function openBase(
  destination: Destination,
  { file: link, sha256 }: BackupBase,
  file: string,
  signal: AbortSignal,
): Promise<BackupFile> {
  const base = await BackupFile.open(destination, link, signal).catch((cause: unknown) => {
    if (!isFailure(cause, 'backupNotReadable', 'backupDamaged', 'backupWithoutProof')) throw cause;
    const { details } = cause;
    const reason = 'reason' in details ? details.reason : 'it is no whole backup';
    throw new Failure('backupChainBroken', { file, link, reason }, { cause });
  });
  if (base.sha256 === sha256) return base;
  await base[Symbol.asyncDispose]();
  throw new Failure('backupChainBroken', { file, link, reason: 'it is not the backup that it was' });
}

async function close(links: readonly BackupFile[]): Promise<void> {
  await Promise.all(links.map((link) => link[Symbol.asyncDispose]()));
}
