import type { Random } from './random';

/** Writes content that compresses like real data: neither constant nor random. */
export interface Content {
  /** Source code and the like, and some of what does not compress at all (images, archives). */
  document(random: Random, bytes: number): Buffer;
  /** Pages of a database: a header, rows of text and numbers, free space. */
  pages(random: Random, bytes: number): Buffer;
}

export const pageSize = 8192;

/**
 * Files are put together from slices of pools, which is as fast as copying. The pools are so large, and the slices so
 * short, that no compressor and no deduplication sees the same slice twice within its reach.
 */
export function contentFrom(random: Random, poolBytes: number): Content {
  const text = textPool(random, poolBytes);
  const noise = noisePool(random, Math.ceil(poolBytes / 4));
  const kinds = [...Array.from({ length: 15 }, () => text), noise];
  return {
    document(random, bytes) {
      const pool = random.pick(kinds);
      const file = Buffer.allocUnsafe(bytes);
      for (let at = 0; at < bytes;) at += slice(random, pool, file, at, random.between(256, 4096));
      return file;
    },
    pages(random, bytes) {
      const file = Buffer.alloc(bytes);
      for (let page = 0; page < bytes; page += pageSize) {
        const end = Math.min(bytes, page + pageSize);
        const used = page + Math.floor((end - page) * (0.6 + 0.35 * random.next()));
        for (let at = page; at < used;) {
          at += slice(random, noise, file, at, Math.min(used - at, random.between(8, 17)));
          at += slice(random, text, file, at, Math.min(used - at, random.between(40, 160)));
        }
      }
      return file;
    },
  };
}

/** @returns the number of bytes written, at least 1 while there is room */
function slice(random: Random, pool: Buffer, file: Buffer, at: number, bytes: number): number {
  const from = random.between(0, pool.length - bytes);
  return pool.copy(file, at, from, from + bytes) || bytes;
}

function noisePool(random: Random, bytes: number): Buffer {
  const noise = Buffer.allocUnsafe(bytes & ~3);
  for (let at = 0; at < noise.length; at += 4) noise.writeUInt32LE(Math.floor(random.next() * 2 ** 32), at);
  return noise;
}

/** Lines of made-up phrases: few of them are frequent and most are rare, as in every language. */
function textPool(random: Random, bytes: number): Buffer {
  const words = Array.from({ length: 5_000 }, () => word(random));
  const phrases = Array.from({ length: 4_000 }, () => phrase(random, words));
  const pool = Buffer.alloc(bytes);
  for (let at = 0; at < bytes;) {
    let chunk = '';
    while (chunk.length < 65_536) chunk += frequentFirst(random, phrases);
    at += pool.write(chunk, at, 'latin1');
  }
  return pool;
}

const marks = [' ', ' ', ' ', '.', '(', ') ', ' = ', ', ', ': ', ';\n', '\n', '\n    ', ' {\n'];

function phrase(random: Random, words: readonly string[]): string {
  let phrase = '';
  for (let left = random.between(3, 16); left > 0; left--) phrase += frequentFirst(random, words) + random.pick(marks);
  return phrase;
}

function frequentFirst(random: Random, texts: readonly string[]): string {
  return texts[Math.floor(texts.length ** random.next()) - 1]!;
}

function word(random: Random): string {
  let word = '';
  for (let left = random.between(2, 11); left > 0; left--)
    word += random.pick([...'eeeeetttaaaooiinnssrrhhldcumfpgwybvk']);
  return word;
}
