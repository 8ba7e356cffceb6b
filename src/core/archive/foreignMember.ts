import type { Entry, EntryType } from '../entry';
import { aclFromText } from './aclText';
import type { ForeignHeader } from './foreignHeader';
import { aclRecords, hardLinkLetter, typeLetters, unescapeKey, xattrPrefix } from './member';
import { decodeTime } from './paxRecords';

/** What stands before a member of any tar: pax records for it and for all, long names of GNU tar. */
export interface Before {
  records: ReadonlyMap<string, string>;
  longName?: string;
  longLink?: string;
}

export interface ForeignMember {
  entry: Omit<Entry, 'ino' | 'nlink' | 'ctime'>;
  /** Path of an earlier member that is the same file. */
  linkTo?: string;
  device?: { major: number; minor: number };
  /** Content that follows. */
  storedBytes: number;
  /** Attributes that are in a form we do not know. */
  lostAttributes: boolean;
}

const typeOfLetter = new Map<string, EntryType>([
  ...Object.entries(typeLetters).map(([type, letter]) => [letter, type as EntryType] as const),
  ['', 'file'],
  ['7', 'file'],
  ['S', 'file'],
  ['D', 'directory'],
]);

/** Throws on what no tree has, and on names that lead out of it. */
export function decodeForeignMember(header: ForeignHeader, { records, longName, longLink }: Before): ForeignMember {
  const name = records.get('GNU.sparse.name') ?? records.get('path') ?? longName ?? header.name;
  const isLink = header.type === hardLinkLetter;
  // V7 has no letter for folders.
  const isFolder = header.type === '' && name.endsWith('/');
  const type = isLink ? 'file' : isFolder ? 'directory' : typeOfLetter.get(header.type);
  if (type === undefined) throw new Error(`a member of the unknown type ${JSON.stringify(header.type)}`);
  const linkpath = records.get('linkpath') ?? longLink ?? header.linkname;
  const storedBytes = numberOf(records, 'size', header.size);
  const { xattrs, lostAttributes } = attributesOf(records);
  return {
    entry: {
      path: safePath(name),
      type,
      mode: header.mode & 0o7777,
      uid: numberOf(records, 'uid', header.uid),
      gid: numberOf(records, 'gid', header.gid),
      size: type === 'file' && !isLink ? storedBytes : 0,
      mtime: decodeTime(records.get('mtime') ?? String(header.mtime)),
      ...(type === 'symlink' && { target: safeTarget(linkpath) }),
      ...(xattrs.length > 0 && { xattrs }),
    },
    ...(isLink && { linkTo: safePath(linkpath) }),
    ...((type === 'char' || type === 'block') && { device: { major: header.major, minor: header.minor } }),
    // As GNU tar has it, some write the size of the file at its links, without its content.
    storedBytes: isLink || type === 'symlink' ? 0 : storedBytes,
    lostAttributes,
  };
}

/** Within the tree: no `..`, and not absolute. Of a folder, without the slash at its end. */
export function safePath(name: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  const isSafe = !name.startsWith('/') && !name.includes('\0') && name !== '';
  if (!isSafe || parts.some((part) => part === '..' || part.length > 255)) {
    throw new Error(`a name that leads out of the archive: ${JSON.stringify(name.slice(0, 200))}`);
  }
  return parts.join('/');
}

function safeTarget(target: string): string {
  if (target === '' || target.includes('\0') || target.length > 4095) throw new Error('a symlink to nothing');
  return target;
}

function attributesOf(records: ReadonlyMap<string, string>): { xattrs: [string, string][]; lostAttributes: boolean } {
  const xattrs: [string, string][] = [];
  let lostAttributes = false;
  for (const [key, value] of records) {
    const acl = aclRecords.find(([, record]) => record === key);
    if (key.startsWith(xattrPrefix)) xattrs.push([unescapeKey(key.slice(xattrPrefix.length)), value]);
    else if (acl) {
      try {
        xattrs.push([acl[0], aclFromText(value)]);
      } catch {
        // With names for ids, which only the machine of then knows.
        lostAttributes = true;
      }
    }
  }
  return { xattrs: xattrs.sort(([a], [b]) => (a < b ? -1 : 1)), lostAttributes };
}

export function numberOf(records: ReadonlyMap<string, string>, key: string, otherwise: number): number {
  const text = records.get(key);
  const number = text === undefined ? otherwise : /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`${key} is no number: ${JSON.stringify(text)}`);
  return number;
}
