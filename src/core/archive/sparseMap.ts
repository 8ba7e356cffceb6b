import { paddingAfter } from './ustar';

/** Where a file has data: from `start` up to `end`. Everything else is a hole. */
export type Extent = readonly [start: number, end: number];

export function bytesIn(extents: readonly Extent[]): number {
  return extents.reduce((sum, [start, end]) => sum + end - start, 0);
}

/** The map that stands before the data of a file with holes: GNU tar's sparse format 1.0, padded to whole blocks. */
export function encodeSparseMap(extents: readonly Extent[], size: number): Buffer {
  const pairs = extents.map(([start, end]) => [start, end - start] as const);
  // As GNU tar says how far a hole at the end goes.
  if ((extents.at(-1)?.[1] ?? 0) < size) pairs.push([size, 0]);
  const text = [pairs.length, ...pairs.flat()].map((number) => `${number}\n`).join('');
  return Buffer.from(text.padEnd(text.length + paddingAfter(text.length), '\0'), 'latin1');
}

/** More than any file has; they are held in memory. */
const mostExtents = 4_000_000;

/** Takes the lines of a map as they come, for only its end says how long it is. */
export class SparseMapReader {
  private numbers: number[] = [];
  private rest = '';

  /** Takes one block; the extents, once the map is complete. Throws on one that is none, or does not fit the file. */
  push(block: Buffer, size: number): Extent[] | undefined {
    const lines = (this.rest + block.toString('latin1')).split('\n');
    this.rest = lines.pop()!;
    for (const line of lines) {
      if (this.isComplete) throw damaged();
      if (!/^\d{1,15}$/.test(line)) throw damaged();
      this.numbers.push(Number(line));
      if (this.numbers[0]! > mostExtents) throw damaged();
    }
    if (this.rest.length > 20 && !this.isComplete) throw damaged();
    return this.isComplete ? this.extents(size) : undefined;
  }

  private get isComplete(): boolean {
    const [count] = this.numbers;
    return count !== undefined && this.numbers.length >= 1 + 2 * count;
  }

  private extents(size: number): Extent[] {
    const [, ...numbers] = this.numbers;
    return extentsOf(numbers, size);
  }
}

/** Of starts and numbers of bytes, in turn. Throws on what does not fit the file. */
export function extentsOf(numbers: readonly number[], size: number): Extent[] {
  const extents: Extent[] = [];
  let last = 0;
  for (let n = 0; n < numbers.length; n += 2) {
    const [start, bytes = NaN] = [numbers[n]!, numbers[n + 1]];
    if (!(start >= last && bytes >= 0 && start + bytes <= size)) throw damaged();
    last = start + bytes;
    if (bytes > 0) extents.push([start, last]);
  }
  return extents;
}

function damaged(): Error {
  return new Error('the map of a file with holes is damaged');
}
