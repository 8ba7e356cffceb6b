import { checksumOf, type UstarHeader } from './ustar';

/** The header block of a member as any tar writes it: POSIX ustar, GNU tar's own format, the one of Unix V7. */
export interface ForeignHeader extends Required<UstarHeader> {
  isGnu: boolean;
}

/** Throws on what is no header. Undefined for a block of zeros, which ends an archive. */
export function decodeForeignHeader(block: Buffer): ForeignHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  const magic = block.toString('latin1', 257, 265);
  const isPosix = magic.startsWith('ustar\0');
  const isGnu = magic.startsWith('ustar ');
  if (numberIn(block, 148, 8) !== checksumOf(block)) throw new Error('not the header of a member');
  const name = textIn(block, 0, 100);
  // In GNU tar's format other things are in this place.
  const prefix = isPosix ? textIn(block, 345, 155) : '';
  const hasDevice = isPosix || isGnu;
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    mode: numberIn(block, 100, 8),
    uid: numberIn(block, 108, 8),
    gid: numberIn(block, 116, 8),
    size: numberIn(block, 124, 12),
    mtime: numberIn(block, 136, 12),
    type: textIn(block, 156, 1),
    linkname: textIn(block, 157, 100),
    major: hasDevice ? numberIn(block, 329, 8) : 0,
    minor: hasDevice ? numberIn(block, 337, 8) : 0,
    isGnu,
  };
}

export function textIn(block: Buffer, at: number, bytes: number): string {
  return block.toString('latin1', at, at + bytes).replace(/\0[^]*$/, '');
}

/** Octal digits; or, as GNU tar writes what has no room for these, a binary number with the highest bit set. */
export function numberIn(block: Buffer, at: number, bytes: number): number {
  const first = block[at]!;
  if (first & 0x80) {
    let number = BigInt(first & 0x3f);
    for (let next = at + 1; next < at + bytes; next++) number = (number << 8n) | BigInt(block[next]!);
    if (first & 0x40) number -= 1n << BigInt(8 * bytes - 2);
    if (number > BigInt(Number.MAX_SAFE_INTEGER) || number < -BigInt(Number.MAX_SAFE_INTEGER))
      throw noNumber(String(number));
    return Number(number);
  }
  const digits = textIn(block, at, bytes).trim();
  if (!/^[0-7]*$/.test(digits)) throw noNumber(digits);
  return digits === '' ? 0 : parseInt(digits, 8);
}

function noNumber(said: string): Error {
  return new Error(`not a number in a header: ${JSON.stringify(said.slice(0, 40))}`);
}

/** Of GNU tar's older form of files with holes: where data is, in the header and in blocks that follow it. */
export const oldSparse = {
  inHeader: { at: 386, count: 4, moreAt: 482, sizeAt: 483 },
  inBlock: { at: 0, count: 21, moreAt: 504 },
};
const pairBytes = 24;

/** Pairs of a start and a number of bytes; the unused ones are empty. */
export function sparsePairsIn(block: Buffer, { at, count }: { at: number; count: number }): [number, number][] {
  const pairs: [number, number][] = [];
  for (let n = 0; n < count; n++) {
    const pair = at + n * pairBytes;
    if (block[pair] === 0) break;
    pairs.push([numberIn(block, pair, 12), numberIn(block, pair + 12, 12)]);
  }
  return pairs;
}
