/**
 * The payload of an age file: chunks of 64 KiB, each encrypted by itself, so that a part can be read without what is before
 * it (https://c2sp.org/age#payload). The library reads from the beginning only; where a chunk is and what its nonce is, is all that
 * we know ourselves.
 */
export const chunkBytes = 64 * 1024;
const tagBytes = 16;
const sealedBytes = chunkBytes + tagBytes;

/** Of the plaintext; undefined where no payload is that long. */
export function plainBytes(payload: number): number | undefined {
  const rest = payload % sealedBytes;
  // Only of an empty file the last chunk is empty.
  const isCut = payload < tagBytes || (rest > 0 && rest <= tagBytes && payload !== tagBytes);
  return isCut ? undefined : payload - Math.ceil(payload / sealedBytes) * tagBytes;
}

export function lastChunkOf(plain: number): number {
  return Math.max(0, Math.ceil(plain / chunkBytes) - 1);
}

/** Where some chunks begin and end in the payload; `to` is not among them. */
export function placeOfChunks(from: number, to: number, payload: number): { start: number; end: number } {
  return { start: from * sealedBytes, end: Math.min(to * sealedBytes, payload) };
}

/** Big-endian counter of 11 bytes, and whether it is the last one: what was cut off between two chunks shows by it. */
export function nonceOf(chunk: number, isLast: boolean): Uint8Array {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(chunk, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

/** Cuts what is read of a payload, beginning with a chunk, into chunks. The last one may be shorter. */
export async function* chunksOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    rest = Buffer.concat([rest, piece]);
    let at = 0;
    for (; rest.length - at >= sealedBytes; at += sealedBytes) yield rest.subarray(at, at + sealedBytes);
    rest = rest.subarray(at);
  }
  if (rest.length > 0) yield rest;
}
