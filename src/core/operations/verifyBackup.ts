import { createHash } from 'node:crypto';
import { BackupChain } from '../backup/backupChain';
import type { BackupFile } from '../backup/backupFile';
import type { BackupManifest } from '../backup/backupManifest';
import type { Destination } from '../backup/destination';
import { decodeTrailer, footerBytes } from '../backup/trailer';
import { Failure } from '../failure';
import { Waits } from '../timings/waits';
import type { Run } from './run';
import { withRate } from './withRate';

export interface VerifyRequest {
  destination: Destination;
  /** Name of the backup there. */
  file: string;
}

/**
 * Reads all of a backup, and of all that it builds on, and compares each with its proof. Rejects with backupDamaged, or for an
 * earlier one with backupChainBroken, when a byte is another one, missing or one too many; what it was made of is not needed
 * for it, nor an engine.
 */
export async function verifyBackup({ destination, file }: VerifyRequest, run: Run): Promise<BackupManifest> {
  run.phase('download');
  await using chain = await BackupChain.open(destination, file, run.signal);
  const { links, newest, compressedBytes: totalBytes } = chain;
  const rated = withRate(run);
  const waits = new Waits<'verify' | 'download'>('verify', { download: 'verify' });
  let bytes = 0;
  const onBytes = (read: number) => {
    bytes += read;
    const stages = { download: waits.of('download'), verify: waits.of('verify') };
    rated.progress({ phase: 'verify', files: 0, bytes, totalBytes, stages });
  };
  const pieces = (link: BackupFile) => waits.each('download', link.archive(run.signal));
  for (const [index, link] of links.entries()) {
    if (await isWhole(link, pieces(link), onBytes)) continue;
    const reason = 'it does not match its checksum';
    const next = links[index + 1];
    if (!next) throw new Failure('backupDamaged', { file: newest.address, reason });
    throw new Failure('backupChainBroken', { file: newest.address, link: next.manifest.base!.file, reason });
  }
  run.count({ bytesMoved: bytes, filesMoved: newest.manifest.snapshot.files });
  return newest.manifest;
}

async function isWhole(
  backup: BackupFile,
  archive: AsyncIterable<Uint8Array>,
  onBytes: (read: number) => void,
): Promise<boolean> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of archive) {
    hash.update(piece);
    bytes += piece.length;
    onBytes(piece.length);
  }
  hash.update(backup.trailer.subarray(0, -footerBytes));
  return (
    bytes === backup.manifest.archive.compressedBytes && hash.digest().equals(decodeTrailer(backup.trailer).sha256)
  );
}
