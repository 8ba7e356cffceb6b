import { isUtf8 } from 'node:buffer';
import type { Entry, EntryType } from '../entry';
import { aclToText } from './aclText';
import { dumpdirRecord, encodeDumpdir, type FolderItem } from './dumpdir';
import { encodeRecords, encodeTime, type PaxRecords } from './paxRecords';
import { bytesIn, encodeSparseMap, type Extent } from './sparseMap';
import { encodeUstar, largestId, largestSize, paddingAfter } from './ustar';

/** What is known of an entry besides when it becomes a member of an archive. */
export interface MemberOptions {
  /** Path of an earlier member that is the same file. */
  linkTo?: string;
  /** Where a file with holes has data. */
  extents?: readonly Extent[];
  /** Of a folder in an archive that builds on another one: what it holds. */
  items?: readonly FolderItem[];
}

export const typeLetters: Partial<Record<EntryType, string>> = {
  file: '0',
  symlink: '2',
  char: '3',
  block: '4',
  directory: '5',
  fifo: '6',
};
export const hardLinkLetter = '1';
export const paxLetter = 'x';

export const aclRecords = [
  ['system.posix_acl_access', 'SCHILY.acl.access'],
  ['system.posix_acl_default', 'SCHILY.acl.default'],
] as const;
export const xattrPrefix = 'SCHILY.xattr.';

/**
 * All of a member but its content: a pax header with its records, the header block, and for a file with holes the map of
 * its data (docs/backup-format.md).
 */
export function encodeMember(entry: Entry, { linkTo, extents, items }: MemberOptions = {}): Buffer {
  const isLink = linkTo !== undefined;
  const map = extents && encodeSparseMap(extents, entry.size);
  const size = isLink || entry.type !== 'file' ? 0 : map ? map.length + bytesIn(extents) : entry.size;
  const path = memberPath(entry);
  const linkpath = isLink ? `./${linkTo}` : entry.target;
  const records: PaxRecords = new Map();
  // Else they are UTF-8, which libarchive brings into its normal form. GNU tar takes bytes as they are in any case, and
  // says of each such record that it ignores it.
  if (!isNormalText(path) || !isNormalText(linkpath ?? '')) records.set('hdrcharset', 'BINARY');
  if (map) {
    records.set('GNU.sparse.major', '1').set('GNU.sparse.minor', '0');
    records.set('GNU.sparse.name', path).set('GNU.sparse.realsize', String(entry.size));
  } else records.set('path', path);
  if (linkpath !== undefined) records.set('linkpath', linkpath);
  records.set('mtime', encodeTime(entry.mtime));
  if (entry.uid > largestId) records.set('uid', String(entry.uid));
  if (entry.gid > largestId) records.set('gid', String(entry.gid));
  if (size > largestSize) records.set('size', String(size));
  if (items) records.set(dumpdirRecord, encodeDumpdir(items));
  if (!isLink) addXattrs(entry, records);

  const header = encodeUstar({
    // Whoever does not know these files with holes makes one of their map and data, under a name that says so.
    name: map ? `./GNUSparseFile/${entry.path.replaceAll('/', '_').slice(-80)}` : path,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    size,
    mtime: Number(entry.mtime / 1_000_000_000n),
    type: isLink ? hardLinkLetter : typeLetters[entry.type]!,
    linkname: linkpath ?? '',
    ...deviceOf(entry),
  });
  return Buffer.concat([paxHeader(records), header, ...(map ? [map] : [])]);
}

function paxHeader(records: PaxRecords): Buffer {
  const bytes = encodeRecords(records);
  const header = encodeUstar({
    name: './PaxHeaders',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: bytes.length,
    mtime: 0,
    type: paxLetter,
  });
  return Buffer.concat([header, bytes, Buffer.alloc(paddingAfter(bytes.length))]);
}

function addXattrs({ xattrs = [] }: Entry, records: PaxRecords): void {
  for (const [name, value] of xattrs) {
    const acl = aclRecords.find(([xattr]) => xattr === name);
    const text = acl && aclToText(value);
    if (acl && text !== undefined) records.set(acl[1], text);
    else records.set(`${xattrPrefix}${escapeKey(name)}`, value);
  }
}

/** An `=` would end the record's key; GNU tar writes and reads it like this. */
function escapeKey(name: string): string {
  return name.replace(/%/g, '%25').replace(/=/g, '%3D');
}

export function unescapeKey(key: string): string {
  return key.replace(/%3D/g, '=').replace(/%25/g, '%');
}

/** `./` for the root folder; folders end with a slash. */
function memberPath({ path, type }: Entry): string {
  return `./${path}${path !== '' && type === 'directory' ? '/' : ''}`;
}

function deviceOf({ type, rdev = 0 }: Entry): { major?: number; minor?: number } {
  if (type !== 'char' && type !== 'block') return {};
  const device = BigInt(rdev);
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn & 0xffffffffn);
  return { major: Number(major), minor: Number(minor) };
}

function isNormalText(latin1: string): boolean {
  if (!/[\x80-\xff]/.test(latin1)) return true;
  const bytes = Buffer.from(latin1, 'latin1');
  if (!isUtf8(bytes)) return false;
  const text = bytes.toString('utf8');
  return text.normalize('NFC') === text;
}
