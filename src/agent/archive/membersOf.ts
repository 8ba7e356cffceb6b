import { decodeMember, isPaxHeader, type ReadMember } from '../../core/archive/memberReader';
import { bytesIn, SparseMapReader, type Extent } from '../../core/archive/sparseMap';
import { blockBytes, decodeUstar, paddingAfter, type UstarHeader } from '../../core/archive/ustar';
import type { Pieces } from './pieces';

export interface Member extends ReadMember {
  /** Where the file has data, in the order in which `content` has it. */
  extents: readonly Extent[];
  /** To be read to its end before the next member is asked for. */
  content: AsyncIterable<Buffer>;
}

/** A pax header is some kilobytes; with the largest extended attributes that there are, some hundred. */
const largestRecords = 4 * 1024 * 1024;

/** The members of a tar of ours. Throws on anything else, and on one that does not end as a tar does. */
export async function* membersOf(tar: Pieces): AsyncGenerator<Member, void, undefined> {
  for (let header = await nextHeader(tar); header; header = await nextHeader(tar)) {
    if (!isPaxHeader(header) || header.size > largestRecords) throw new Error('a member without a header of its own');
    const records = await tar.take(header.size);
    await tar.take(paddingAfter(header.size));
    const described = await nextHeader(tar);
    if (!described) throw new Error('it ends before a member');
    const member = decodeMember(described, records);
    const { extents, mapBytes } = member.isSparse ? await readMap(tar, member) : wholeOf(member);
    const dataBytes = bytesIn(extents);
    if (mapBytes + dataBytes !== member.storedBytes) throw new Error('a file that is not as long as it says');
    yield { ...member, extents, content: tar.each(dataBytes) };
    await tar.take(paddingAfter(member.storedBytes));
  }
  const second = await tar.take(blockBytes);
  if (second.some((byte) => byte !== 0) || !(await tar.isAtEnd())) throw new Error('something follows its end');
}

async function nextHeader(tar: Pieces): Promise<Required<UstarHeader> | undefined> {
  return decodeUstar(await tar.take(blockBytes));
}

function wholeOf({ storedBytes }: ReadMember) {
  const extents: Extent[] = storedBytes > 0 ? [[0, storedBytes]] : [];
  return { extents, mapBytes: 0 };
}

async function readMap(tar: Pieces, { entry, storedBytes }: ReadMember) {
  const reader = new SparseMapReader();
  for (let mapBytes = blockBytes; mapBytes <= storedBytes; mapBytes += blockBytes) {
    const extents = reader.push(await tar.take(blockBytes), entry.size);
    if (extents) return { extents, mapBytes };
  }
  throw new Error('the map of a file with holes does not end');
}
