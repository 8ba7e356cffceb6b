import { aclFromText } from './aclText';
import { decodeDumpdir, dumpdirRecord, type FolderItem } from './dumpdir';
import { aclRecords, hardLinkLetter, paxLetter, typeLetters, unescapeKey, xattrPrefix } from './member';
import { decodeRecords, decodeTime, type PaxRecords } from './paxRecords';
import type { Entry, EntryType } from '../entry';
import type { UstarHeader } from './ustar';

/** What a member's headers say: all of an entry but its content and its inode. */
export interface ReadMember {
  entry: Omit<Entry, 'ino' | 'nlink' | 'ctime'>;
  /** Path of an earlier member that is the same file. */
  linkTo?: string;
  device?: { major: number; minor: number };
  /** Content that follows: for a file with holes, the map of its data comes first. */
  storedBytes: number;
  isSparse: boolean;
  /** Of a folder in an archive that builds on another one: what it holds. */
  items?: FolderItem[];
}

const typeOfLetter = new Map(Object.entries(typeLetters).map(([type, letter]) => [letter, type as EntryType]));

export function isPaxHeader({ type }: UstarHeader): boolean {
  return type === paxLetter;
}

/** Throws on everything that `encodeMember` does not write: this reads our own archives, and no others. */
export function decodeMember(header: Required<UstarHeader>, extension: Buffer): ReadMember {
  const records = decodeRecords(extension);
  const isLink = header.type === hardLinkLetter;
  const type = isLink ? 'file' : typeOfLetter.get(header.type);
  if (type === undefined) throw new Error(`a member of the unknown type ${JSON.stringify(header.type)}`);
  const isSparse = records.has('GNU.sparse.name');
  if (isSparse && (type !== 'file' || isLink || records.get('GNU.sparse.major') !== '1')) {
    throw new Error('a member with holes of another kind');
  }
  const storedBytes = numberOf(records, 'size', header.size);
  const size = isSparse ? numberOf(records, 'GNU.sparse.realsize', -1) : storedBytes;
  if (type !== 'file' && storedBytes > 0) throw new Error('content where there is none');
  const name = records.get(isSparse ? 'GNU.sparse.name' : 'path') ?? header.name;
  const linkpath = records.get('linkpath') ?? header.linkname;
  return {
    entry: {
      path: checkedPath(type === 'directory' ? name.replace(/\/$/, '') : name),
      type,
      mode: header.mode & 0o7777,
      uid: idOf(records, 'uid', header.uid),
      gid: idOf(records, 'gid', header.gid),
      size: type === 'file' ? size : 0,
      mtime: decodeTime(records.get('mtime') ?? String(header.mtime)),
      ...(type === 'symlink' && { target: checkedTarget(linkpath) }),
      ...withXattrs(records),
    },
    ...(isLink && { linkTo: checkedPath(linkpath) }),
    ...((type === 'char' || type === 'block') && { device: { major: header.major, minor: header.minor } }),
    storedBytes,
    isSparse,
    ...itemsOf(records, type),
  };
}

function itemsOf(records: PaxRecords, type: EntryType): Pick<ReadMember, 'items'> {
  const text = records.get(dumpdirRecord);
  if (text === undefined) return {};
  if (type !== 'directory') throw new Error('the list of a folder at what is none');
  return { items: decodeDumpdir(text) };
}

/** A path within the tree, without the `./` before it: no name of it leads anywhere else. */
function checkedPath(name: string): string {
  if (name === '.' || name === './') return '';
  const path = name.startsWith('./') ? name.slice(2) : undefined;
  const isSafe = (part: string) => part !== '' && part !== '.' && part !== '..' && part.length <= 255;
  if (path === undefined || path.includes('\0') || !path.split('/').every(isSafe)) {
    throw new Error(`a name that leads out of the archive: ${JSON.stringify(name.slice(0, 200))}`);
  }
  return path;
}

/** Where a symlink leads is its own matter: nothing is ever written through one. */
function checkedTarget(target: string): string {
  if (target === '' || target.includes('\0') || target.length > 4095) throw new Error('a symlink to nothing');
  return target;
}

function withXattrs(records: PaxRecords): Pick<Entry, 'xattrs'> {
  const xattrs: [string, string][] = [];
  for (const [key, value] of records) {
    const acl = aclRecords.find(([, record]) => record === key);
    if (acl) xattrs.push([acl[0], aclFromText(value)]);
    else if (key.startsWith(xattrPrefix)) xattrs.push([unescapeKey(key.slice(xattrPrefix.length)), value]);
  }
  // In the order in which a scan has them.
  return xattrs.length > 0 ? { xattrs: xattrs.sort(([a], [b]) => (a < b ? -1 : 1)) } : {};
}

const highestId = 4294967295;

function idOf(records: PaxRecords, key: string, otherwise: number): number {
  const id = numberOf(records, key, otherwise);
  if (id > highestId) throw new Error(`${key} ${id} does not exist`);
  return id;
}

function numberOf(records: PaxRecords, key: string, otherwise: number): number {
  const text = records.get(key);
  const number = text === undefined ? otherwise : /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`${key} is no number: ${JSON.stringify(text)}`);
  return number;
}
