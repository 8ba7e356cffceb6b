import { createHash } from 'node:crypto';
import { BackupFile } from '../backup/backupFile';
import type { BackupManifest } from '../backup/backupManifest';
import type { Destination } from '../backup/destination';
import { decodeTrailer, footerBytes } from '../backup/trailer';
import { Failure } from '../failure';
import type { Run } from './run';

export interface VerifyRequest {
  destination: Destination;
  /** Name of the backup there. */
  file: string;
}

/**
 * Reads all of a backup and compares it with its proof. Rejects with backupDamaged when a byte is another one, missing or
 * one too many; what it was made of is not needed for it, nor an engine.
 */
export async function verifyBackup({ destination, file }: VerifyRequest, run: Run): Promise<BackupManifest> {
  run.phase('verify');
  await using backup = await BackupFile.open(destination, file, run.signal);
  const { archive, snapshot } = backup.manifest;
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of backup.archive(run.signal)) {
    hash.update(piece);
    bytes += piece.length;
    run.progress({ phase: 'verify', files: 0, bytes, totalBytes: archive.compressedBytes });
  }
  hash.update(backup.trailer.subarray(0, -footerBytes));
  const isWhole = bytes === archive.compressedBytes && hash.digest().equals(decodeTrailer(backup.trailer).sha256);
  if (!isWhole) throw new Failure('backupDamaged', { file: backup.address, reason: 'it does not match its checksum' });
  run.count({ bytesMoved: bytes, filesMoved: snapshot.files });
  return backup.manifest;
}
