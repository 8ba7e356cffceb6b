import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import type { Entry } from '../../core/entry';
import { Failure } from '../../core/failure';
import { decodeHeader, decodeManifest, encodeManifest, type Manifest, type ManifestHeader } from '../../core/manifest';

const chunkSize = 256 * 1024;
/** Up to this, one call is quicker than a stream. */
const smallBytes = 16 * 1024 * 1024;
/** Of SHA-256: a manifest ends with that of all before it. */
const digestBytes = 32;
const params = { [zlib.constants.ZSTD_c_checksumFlag]: 1 };

/** Writes a new file; flushing it is the caller's. Never with ZSTD_c_nbWorkers: that corrupts in Node 22 and 24. */
export async function writeManifest(path: string, header: ManifestHeader, entries: readonly Entry[]): Promise<void> {
  const pieces = encodeManifest(header, entries);
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  pieces.push(hash.digest());
  const options = { flag: 'wx', mode: 0o600 } as const;
  if (totalBytes(pieces) <= smallBytes) {
    return writeFile(path, await promisify(zlib.zstdCompress)(Buffer.concat(pieces), { params }), options);
  }
  const compress = zlib.createZstdCompress({ chunkSize, params });
  await pipeline(pieces, compress, fs.createWriteStream(path, { flags: options.flag, mode: options.mode }));
}

function totalBytes(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

/** The manifest read last, which nobody may change: a snapshot's is often its volume's baseline too, one file with two names. */
let last: { identity: string; manifest: Manifest } | undefined;

/** Rejects with snapshotDamaged unless the file is whole and exactly as it was written. */
export async function readManifest(path: string, snapshot: string): Promise<Manifest> {
  try {
    const { dev, ino, size, mtimeNs } = fs.statSync(path, { bigint: true });
    // A file that was changed or replaced has another one.
    const identity = [dev, ino, size, mtimeNs].join();
    if (last?.identity !== identity) last = { identity, manifest: await parseManifest(path, size) };
    return last.manifest;
  } catch (cause) {
    throw new Failure('snapshotDamaged', { snapshot, reason: (cause as Error).message }, { cause });
  }
}

async function parseManifest(path: string, size: bigint): Promise<Manifest> {
  const whole = size <= smallBytes / 8 ? zlib.zstdDecompressSync(fs.readFileSync(path)) : await decompressed(path);
  const end = whole.length - digestBytes;
  if (end < 0) throw new Error('the manifest is cut off');
  const digest = await sha256(whole.subarray(0, end));
  if (!digest.equals(whole.subarray(end))) throw new Error('the manifest does not match its checksum');
  return decodeManifest(whole.subarray(0, end));
}

/** Into one piece of memory of the size that its first line says. */
async function decompressed(path: string): Promise<Buffer> {
  const file = fs.createReadStream(path, { highWaterMark: chunkSize });
  const manifest = new Growing();
  await pipeline(file, zlib.createZstdDecompress({ chunkSize: 4 * chunkSize }), async (chunks) => {
    for await (const chunk of chunks as AsyncIterable<Buffer>) manifest.add(chunk);
  });
  return manifest.bytes;
}

/** A manifest that comes in pieces. */
class Growing {
  private whole: Buffer = Buffer.alloc(0);
  private used = 0;
  private knowsSize = false;

  add(chunk: Buffer): void {
    if (!this.knowsSize) this.makeRoom(chunk.length);
    if (this.used + chunk.length > this.whole.length) throw new Error('the manifest is longer than it says');
    this.used += chunk.copy(this.whole, this.used);
    const header = this.knowsSize ? undefined : decodeHeader(this.bytes);
    if (!header) return;
    this.knowsSize = true;
    this.makeRoom(header.end + header.bytes + digestBytes - this.used);
  }

  get bytes(): Buffer {
    return this.whole.subarray(0, this.used);
  }

  /** In memory of its own, for records have to begin at a multiple of 4. */
  private makeRoom(more: number): void {
    const larger = Buffer.allocUnsafeSlow(this.used + Math.max(0, more));
    this.bytes.copy(larger);
    this.whole = larger;
  }
}

/** A large one in pieces, so that a cancel and signs of life get their turn. */
async function sha256(bytes: Buffer): Promise<Buffer> {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.length; at += smallBytes) {
    if (at > 0) await setImmediate();
    hash.update(bytes.subarray(at, at + smallBytes));
  }
  return hash.digest();
}
