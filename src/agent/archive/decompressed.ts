import { PassThrough, pipeline, Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { Pieces } from './pieces';
import { zstdFramesIn } from './zstdFrameReader';

const chunkSize = 1024 * 1024;
const longestMagic = 6;

/** How a file is compressed, by its first bytes and not by its name. */
const magics: [bytes: number[], decompress: (source: AsyncIterable<Buffer>) => AsyncIterable<Buffer>][] = [
  [[0x1f, 0x8b], (source) => through(source, zlib.createGunzip({ chunkSize }))],
  [[0x28, 0xb5, 0x2f, 0xfd], (source) => unzstd(new Pieces(source))],
  [[0x42, 0x5a, 0x68], fromBzip2],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], fromXz],
];

/** What is in a compressed file; of any other one, that itself. Rejects where it is damaged or cut, as far as its format tells. */
export async function* decompressed(file: Pieces): AsyncGenerator<Buffer, void, undefined> {
  const start = await file.peek(longestMagic);
  const [, decompress = (source: AsyncIterable<Buffer>) => source] =
    magics.find(([bytes]) => bytes.every((byte, at) => start[at] === byte)) ?? [];
  yield* decompress(file.all());
}

async function* through(source: AsyncIterable<Buffer>, transform: NodeJS.ReadWriteStream & AsyncIterable<Buffer>) {
  // Its end is seen, and its failure thrown, by whoever reads it.
  pipeline(source, transform, () => {});
  yield* transform;
}

/** What is in a file's zstd frames. */
export async function* unzstd(file: Pieces): AsyncGenerator<Buffer, void, undefined> {
  for await (const frame of zstdFramesIn(file)) {
    yield* through(frame, zlib.createZstdDecompress({ chunkSize }));
  }
}

async function* fromBzip2(source: AsyncIterable<Buffer>) {
  const { default: unbzip2 } = await import('unbzip2-stream');
  // An older kind of stream, which knows no pipeline.
  const input = Readable.from(source);
  const output = new PassThrough();
  const end = (error: Error) => output.destroy(error);
  input.on('error', end).pipe(unbzip2().on('error', end)).pipe(output);
  yield* output as AsyncIterable<Buffer>;
}

async function* fromXz(source: AsyncIterable<Buffer>) {
  const { XzReadableStream } = await import('xz-decompress');
  const input = Readable.toWeb(Readable.from(source)) as ReadableStream<Uint8Array>;
  for await (const bytes of new XzReadableStream(input))
    yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
