import {
  decodeForeignHeader,
  numberIn,
  oldSparse,
  sparsePairsIn,
  type ForeignHeader,
} from '../../core/archive/foreignHeader';
import { decodeForeignMember, numberOf, type Before, type ForeignMember } from '../../core/archive/foreignMember';
import { decodeRecordPairs } from '../../core/archive/paxRecords';
import { bytesIn, extentsOf, SparseMapReader, type Extent } from '../../core/archive/sparseMap';
import { blockBytes, paddingAfter } from '../../core/archive/ustar';
import type { Member } from './membersOf';
import type { Pieces } from './pieces';

/** Of long names and pax headers; more is none. */
const largestExtension = 4 * 1024 * 1024;

/** As a `Member`, with what of it is not known to us. */
export type Foreign = Omit<Member, 'storedBytes' | 'isSparse'> & { lostAttributes: boolean };

/**
 * The members of a tar that anybody made: Unix V7, ustar, pax, GNU tar's. Throws on one that ends within a member, or without
 * the zeros at its end; what follows these is not looked at.
 */
export async function* foreignMembersOf(tar: Pieces): AsyncGenerator<Foreign, void, undefined> {
  const forAll = new Map<string, string>();
  let pairs: [string, string][] = [];
  let long: Pick<Before, 'longName' | 'longLink'> = {};
  for (;;) {
    const block = await tar.take(blockBytes);
    const header = decodeForeignHeader(block);
    if (!header) break;
    switch (header.type) {
      case 'x':
      case 'X':
        pairs = decodeRecordPairs(await extension(tar, header));
        continue;
      case 'g':
        for (const [key, value] of decodeRecordPairs(await extension(tar, header))) forAll.set(key, value);
        continue;
      case 'L':
        long = { ...long, longName: withoutEnd(await extension(tar, header)) };
        continue;
      case 'K':
        long = { ...long, longLink: withoutEnd(await extension(tar, header)) };
        continue;
      case 'V': // the name of the archive
        await skip(tar, header.size);
        continue;
      case 'M':
        throw new Error('a part of an archive that is in several files');
    }
    yield* member(tar, block, header, { ...long, records: new Map([...forAll, ...pairs]) }, pairs);
    pairs = [];
    long = {};
  }
  if ((await tar.take(blockBytes)).some((byte) => byte !== 0)) throw new Error('something in the place of its end');
  await tar.drain();
}

async function* member(
  tar: Pieces,
  block: Buffer,
  header: ForeignHeader,
  before: Before,
  pairs: readonly [string, string][],
): AsyncGenerator<Foreign, void, undefined> {
  const { storedBytes, lostAttributes, ...read } = decodeForeignMember(header, before);
  const { size, extents, mapBytes } = await dataOf(tar, block, { header, before, pairs }, storedBytes);
  const isFile = read.entry.type === 'file' && read.linkTo === undefined;
  const dataBytes = isFile ? bytesIn(extents) : 0;
  if (isFile && mapBytes + dataBytes !== storedBytes) throw new Error('a file that is not as long as it says');
  const entry = isFile ? { ...read.entry, size } : read.entry;
  yield { ...read, entry, lostAttributes, extents: isFile ? extents : [], content: tar.each(dataBytes) };
  await skip(tar, isFile ? 0 : storedBytes);
  if (isFile) await tar.take(paddingAfter(storedBytes));
}

interface Described {
  header: ForeignHeader;
  before: Before;
  /** The records of this member alone, in their order. */
  pairs: readonly [string, string][];
}

/** Where a file has data, in one of the four ways in which GNU tar has said that. */
async function dataOf(
  tar: Pieces,
  block: Buffer,
  { header, before: { records }, pairs }: Described,
  storedBytes: ForeignMember['storedBytes'],
): Promise<{ size: number; extents: readonly Extent[]; mapBytes: number }> {
  if (header.type === 'S') return oldSparseOf(tar, block);
  const size = numberOf(records, 'GNU.sparse.realsize', numberOf(records, 'GNU.sparse.size', storedBytes));
  if (records.get('GNU.sparse.major') === '1') return { size, ...(await mapOf(tar, size, storedBytes)) };
  const numbers = records.has('GNU.sparse.map')
    ? records.get('GNU.sparse.map')!.split(',')
    : pairs.filter(([key]) => key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes').map(([, value]) => value);
  if (numbers.length > 0) return { size, extents: extentsOf(numbers.map(Number), size), mapBytes: 0 };
  return { size, extents: storedBytes > 0 ? [[0, storedBytes]] : [], mapBytes: 0 };
}

async function oldSparseOf(tar: Pieces, block: Buffer) {
  const { inHeader, inBlock } = oldSparse;
  const pairs = sparsePairsIn(block, inHeader);
  const size = numberIn(block, inHeader.sizeAt, 12);
  for (let more = block[inHeader.moreAt]; more;) {
    const next = await tar.take(blockBytes);
    pairs.push(...sparsePairsIn(next, inBlock));
    more = next[inBlock.moreAt];
  }
  return { size, extents: extentsOf(pairs.flat(), size), mapBytes: 0 };
}

async function mapOf(tar: Pieces, size: number, storedBytes: number) {
  const reader = new SparseMapReader();
  for (let mapBytes = blockBytes; mapBytes <= storedBytes; mapBytes += blockBytes) {
    const extents = reader.push(await tar.take(blockBytes), size);
    if (extents) return { extents, mapBytes };
  }
  throw new Error('the map of a file with holes does not end');
}

async function extension(tar: Pieces, { size }: ForeignHeader): Promise<Buffer> {
  if (size > largestExtension) throw new Error('a header that is too long');
  const bytes = await tar.take(size);
  await tar.take(paddingAfter(size));
  return bytes;
}

async function skip(tar: Pieces, bytes: number): Promise<void> {
  for await (const _ of tar.each(bytes + paddingAfter(bytes)));
}

function withoutEnd(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/\0[^]*$/, '');
}
