import type { Pieces } from './pieces';

const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
const fieldBytes = { dictionary: [0, 1, 2, 4], contentSize: [0, 2, 4, 8] } as const;
const rleBlock = 1;
const reservedBlock = 3;

/**
 * The frames of a zstd file, each with its own bytes as they are there (RFC 8878, 3.1): Node's decompression ends with the first
 * frame that does not fill its buffer. A frame is to be read to its end before the next one is asked for; skippable ones
 * are left out. Throws on what is no frame.
 */
export async function* zstdFramesIn(file: Pieces): AsyncGenerator<AsyncIterable<Buffer>, void, undefined> {
  while (!(await file.isAtEnd())) {
    const start = await file.take(4);
    const magic = start.readUInt32LE(0);
    if ((magic & 0xfffffff0) >>> 0 === skippableMagic) {
      const bytes = (await file.take(4)).readUInt32LE(0);
      for await (const _ of file.each(bytes));
    } else if (magic === frameMagic) yield frame(file, start);
    else throw new Error('something follows a frame that is none');
  }
}

async function* frame(file: Pieces, start: Buffer): AsyncGenerator<Buffer, void, undefined> {
  const descriptor = (await file.take(1)).readUInt8(0);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const headerBytes =
    (isSingleSegment ? 0 : 1) +
    fieldBytes.dictionary[descriptor & 3]! +
    (sizeFlag === 0 && isSingleSegment ? 1 : fieldBytes.contentSize[sizeFlag]!);
  yield Buffer.concat([start, Buffer.of(descriptor), await file.take(headerBytes)]);
  for (let isLast = false; !isLast;) {
    const header = await file.take(3);
    const block = header.readUIntLE(0, 3);
    isLast = (block & 1) === 1;
    const type = (block >> 1) & 3;
    if (type === reservedBlock) throw new Error('a block of no known kind');
    yield header;
    yield* file.each(type === rleBlock ? 1 : block >> 3);
  }
  if (descriptor & 4) yield await file.take(4);
}
