/** The header block of one tar member (POSIX.1-2017, pax, "ustar Interchange Format"). Texts are bytes (latin1). */
export interface UstarHeader {
  /** At most 100 bytes count; longer ones need a pax record. */
  name: string;
  mode: number;
  uid: number;
  gid: number;
  size: number;
  /** Whole seconds. */
  mtime: number;
  type: string;
  linkname?: string;
  major?: number;
  minor?: number;
}

export const blockBytes = 512;

/** What the numeric fields of 8 and of 12 bytes can hold; what is larger has a pax record, and 0 here. */
export const largestId = 0o7777777;
export const largestSize = 0o77777777777;

export function encodeUstar(header: UstarHeader): Buffer {
  const block = Buffer.alloc(blockBytes);
  const text = (at: number, bytes: number, value: string) => block.write(value.slice(0, bytes), at, 'latin1');
  const octal = (at: number, bytes: number, value: number) => {
    const fits = value >= 0 && value < 8 ** (bytes - 1);
    block.write((fits ? value : 0).toString(8).padStart(bytes - 1, '0'), at, 'latin1');
  };
  text(0, 100, header.name);
  octal(100, 8, header.mode);
  octal(108, 8, header.uid);
  octal(116, 8, header.gid);
  octal(124, 12, header.size);
  octal(136, 12, header.mtime);
  text(156, 1, header.type);
  text(157, 100, header.linkname ?? '');
  text(257, 8, 'ustar\x0000');
  octal(329, 8, header.major ?? 0);
  octal(337, 8, header.minor ?? 0);
  // Six digits, a zero byte, a space.
  text(148, 8, `${checksumOf(block).toString(8).padStart(6, '0')}\0 `);
  return block;
}

/** Throws on what is no header. Undefined for a block of zeros, which ends an archive. */
export function decodeUstar(block: Buffer): Required<UstarHeader> | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  const text = (at: number, bytes: number) => block.toString('latin1', at, at + bytes).replace(/\0[^]*$/, '');
  const octal = (at: number, bytes: number) => {
    const digits = text(at, bytes).trim();
    if (!/^[0-7]*$/.test(digits)) throw new Error(`not a number in a header: ${JSON.stringify(digits)}`);
    return digits === '' ? 0 : parseInt(digits, 8);
  };
  if (text(257, 5) !== 'ustar' || octal(148, 8) !== checksumOf(block)) throw new Error('not the header of a member');
  return {
    name: text(0, 100),
    mode: octal(100, 8),
    uid: octal(108, 8),
    gid: octal(116, 8),
    size: octal(124, 12),
    mtime: octal(136, 12),
    type: text(156, 1),
    linkname: text(157, 100),
    major: octal(329, 8),
    minor: octal(337, 8),
  };
}

/** Of the block with spaces in the place of its checksum. */
export function checksumOf(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < blockBytes; at++) if (at < 148 || at >= 156) sum += block[at]!;
  return sum;
}

/** Zeros that fill up the last block of `bytes` of content. */
export function paddingAfter(bytes: number): number {
  return (blockBytes - (bytes % blockBytes)) % blockBytes;
}
