import { createHash, type Hash } from 'node:crypto';
import * as fs from 'node:fs';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import type { Entry } from '../../core/entry';
import { Failure } from '../../core/failure';
import {
  decodeEntries,
  decodeHeader,
  decodeTrailer,
  encodeEntry,
  encodeFact,
  type Manifest,
  type ManifestHeader,
} from '../../core/manifest';

const chunkSize = 256 * 1024;
/** Compressed. Up to this, one call takes some 50 ms at most, and a third of what a stream does. */
const smallBytes = 2 * 1024 * 1024;

/** Writes a new file; flushing it is the caller's. Never with ZSTD_c_nbWorkers: that corrupts in Node 22 and 24. */
export async function writeManifest(path: string, header: ManifestHeader, entries: readonly Entry[]): Promise<void> {
  const compress = zlib.createZstdCompress({ chunkSize, params: { [zlib.constants.ZSTD_c_checksumFlag]: 1 } });
  await pipeline(manifestBytes(header, entries), compress, fs.createWriteStream(path, { flags: 'wx', mode: 0o600 }));
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
  const reader = new LineReader();
  if (size <= smallBytes) pushInPieces(reader, zlib.zstdDecompressSync(fs.readFileSync(path)));
  else await readInPieces(path, reader);
  return reader.finish();
}

/** What is made on the way from a line to an entry is short-lived garbage when little of it is alive at a time. */
function pushInPieces(reader: LineReader, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; at += chunkSize) reader.push(bytes.subarray(at, at + chunkSize));
}

async function readInPieces(path: string, reader: LineReader): Promise<void> {
  const file = fs.createReadStream(path, { highWaterMark: chunkSize });
  await pipeline(file, zlib.createZstdDecompress({ chunkSize: 4 * chunkSize }), async (chunks) => {
    for await (const chunk of chunks as AsyncIterable<Buffer>) reader.push(chunk);
  });
}

/** In pieces, for a million entries are longer than the longest string. */
function* manifestBytes(header: ManifestHeader, entries: readonly Entry[]): Generator<Buffer> {
  const hash = createHash('sha256');
  let text = encodeFact(header);
  for (const entry of entries) {
    text += encodeEntry(entry);
    if (text.length < chunkSize) continue;
    yield hashed(text, hash);
    text = '';
  }
  yield hashed(text, hash);
  yield Buffer.from(encodeFact({ entries: entries.length, sha256: hash.digest('hex') }), 'latin1');
}

function hashed(text: string, hash: Hash): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  hash.update(bytes);
  return bytes;
}

const lineBreak = 0x0a;

/** Takes a manifest's bytes as they come. The last line is held back: only at the end it is known to be the trailer. */
class LineReader {
  private readonly hash = createHash('sha256');
  private readonly entries: Entry[] = [];
  private header: ManifestHeader | undefined;
  private rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): void {
    const bytes = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    const lastEnd = bytes.lastIndexOf(lineBreak);
    const cut = lastEnd < 1 ? 0 : bytes.lastIndexOf(lineBreak, lastEnd - 1) + 1;
    this.rest = bytes.subarray(cut);
    if (cut > 0) this.take(bytes.subarray(0, cut));
  }

  finish(): Manifest {
    const rest = this.rest.toString('latin1');
    if (!this.header || !rest.endsWith('\n')) throw new Error('the manifest is cut off');
    const trailer = decodeTrailer(rest);
    if (trailer.entries !== this.entries.length) throw new Error('the manifest misses entries');
    if (trailer.sha256 !== this.hash.digest('hex')) throw new Error('the manifest does not match its checksum');
    return { header: this.header, entries: this.entries };
  }

  private take(bytes: Buffer): void {
    this.hash.update(bytes);
    const lines = bytes.toString('latin1');
    const start = this.header ? 0 : lines.indexOf('\n') + 1;
    this.header ??= decodeHeader(lines.slice(0, start));
    if (start === lines.length) return;
    for (const entry of decodeEntries(lines.slice(start))) this.entries.push(entry);
  }
}
