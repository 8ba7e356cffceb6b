import { Header, Parser } from 'tar';
import type { Readable } from 'node:stream';

/** A tar archive of a few small files, for the archive API. Paths are relative to where it is unpacked. */
export function packSmallTar(files: { path: string; content: Uint8Array }[]): Buffer {
  const blocks = files.flatMap(({ path, content }) => {
    const header = Buffer.alloc(512);
    new Header({ path, size: content.length, mode: 0o644, type: 'File', uid: 0, gid: 0, mtime: new Date(0) }).encode(
      header,
    );
    return [header, content, Buffer.alloc(-content.length & 511)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** Reads a tar stream of small files into memory; larger ones are left out. Rejects when the stream breaks off. */
export function readSmallTar(stream: Readable, limitBytes = 1 << 20): Promise<Map<string, Buffer>> {
  return new Promise((resolve, reject) => {
    const files = new Map<string, Buffer>();
    const parser = new Parser({
      strict: true,
      onReadEntry(entry) {
        const chunks: Buffer[] = [];
        const kept = entry.type === 'File' && entry.size <= limitBytes;
        entry.on('data', (chunk: Buffer) => kept && chunks.push(Buffer.from(chunk)));
        entry.on('end', () => kept && files.set(entry.path, Buffer.concat(chunks)));
      },
    });
    parser.on('end', () => resolve(files));
    parser.on('error', reject);
    stream.on('error', reject);
    stream.on('data', (chunk: Buffer) => parser.write(chunk));
    stream.on('end', () => parser.end());
  });
}
