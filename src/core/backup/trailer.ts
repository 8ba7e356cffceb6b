import type { Hash } from 'node:crypto';
import type { BackupManifest } from './backupManifest';
import { checkManifest } from './checkManifest';

/**
 * The end of a backup: a zstd skippable frame (RFC 8878, 3.1.2), which every reader of zstd passes over, with the
 * manifest as JSON and then, as the last bytes of the file:
 *
 *   32 bytes  SHA-256 of all bytes of the file before these 48
 *    8 bytes  length of the whole frame, u64 LE
 *    8 bytes  "VFDBKUP1"
 *
 * So the last 48 bytes tell where the manifest begins, and one number proves the archive and the manifest together.
 */
export const footerBytes = 48;
const magic = Buffer.from('VFDBKUP1', 'latin1');
const skippableFrame = 0x184d2a5b;
const headBytes = 8;
/** Of a frame; a manifest has some kilobytes. */
const limitBytes = 16 * 1024 * 1024;

/** `hash` has been given all bytes of the file so far. */
export function encodeTrailer(manifest: BackupManifest, hash: Hash): Buffer {
  const json = Buffer.from(JSON.stringify(manifest), 'utf8');
  const head = Buffer.alloc(headBytes);
  head.writeUInt32LE(skippableFrame, 0);
  head.writeUInt32LE(json.length + footerBytes, 4);
  const start = Buffer.concat([head, json]);
  const footer = Buffer.alloc(footerBytes);
  hash.update(start).digest().copy(footer, 0);
  footer.writeBigUInt64LE(BigInt(start.length + footerBytes), 32);
  magic.copy(footer, 40);
  return Buffer.concat([start, footer]);
}

/** Bytes of the frame that ends with these 48, or undefined when they are not the end of a backup. */
export function trailerBytes(footer: Buffer): number | undefined {
  if (footer.length !== footerBytes || !footer.subarray(40).equals(magic)) return undefined;
  const bytes = Number(footer.readBigUInt64LE(32));
  return bytes >= headBytes + footerBytes && bytes <= limitBytes ? bytes : undefined;
}

export interface Trailer {
  manifest: BackupManifest;
  sha256: Buffer;
}

/** Of the whole frame. Throws on anything that `encodeTrailer` does not write. */
export function decodeTrailer(frame: Buffer): Trailer {
  const footer = frame.subarray(-footerBytes);
  const isFrame = trailerBytes(footer) === frame.length && frame.readUInt32LE(0) === skippableFrame;
  if (!isFrame || frame.readUInt32LE(4) !== frame.length - headBytes) throw new Error('its end is damaged');
  const manifest = checkManifest(JSON.parse(frame.toString('utf8', headBytes, frame.length - footerBytes)));
  return { manifest, sha256: footer.subarray(0, 32) };
}
