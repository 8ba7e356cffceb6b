import type { Entry, EntryType } from './entry';

/**
 * A manifest as lines of latin1 text (docs/store-format.md): a header, one line an entry, a trailer. This file knows
 * the lines; compression and the checksum are the agent's (`src/agent/store/manifestFile.ts`).
 */
export interface ManifestHeader {
  format: 1;
  volume: { name: string; createdAt: string };
  snapshot: string;
  /** Nanoseconds, engine clock: only records with a ctime before it prove anything (see `unchanged.ts`). */
  stamp: string;
  /** statfs magic and st_dev of the volume's root when it was scanned; on others the records prove nothing. */
  fileSystem: number;
  device: string;
  /** Inode and birth time of the volume's root folder: a removed and recreated volume has another one. */
  root: string;
}

export interface ManifestTrailer {
  entries: number;
  /** Of all bytes before the trailer's line, hexadecimal. */
  sha256: string;
}

export interface Manifest {
  header: ManifestHeader;
  entries: Entry[];
}

const letterOf: Record<EntryType, string> = {
  file: 'f',
  directory: 'd',
  symlink: 'l',
  fifo: 'p',
  char: 'c',
  block: 'b',
  socket: 's',
};
const typeOf = new Map(Object.entries(letterOf).map(([type, letter]) => [letter, type as EntryType]));

type Extras = Pick<Entry, 'object' | 'target' | 'rdev' | 'xattrs' | 'lostXattrs'>;
type Line = [
  path: string,
  type: string,
  mode: number,
  uid: number,
  gid: number,
  size: number,
  mtime: string,
  ctime: string,
  ino: string,
  nlink: number,
  extras?: Extras,
];

/** Text of a header or trailer: anything beyond latin1 is escaped, for the lines are written as latin1 bytes. */
export function encodeFact(fact: ManifestHeader | ManifestTrailer): string {
  return JSON.stringify(fact).replace(/[^\x00-\xff]/g, escapeUnit) + '\n'; // eslint-disable-line no-control-regex
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Written out by hand: this runs once an entry, in every snapshot. */
export function encodeEntry(entry: Entry): string {
  const { mode, uid, gid, size, mtime, ctime, ino, nlink } = entry;
  const start = `[${JSON.stringify(entry.path)},"${letterOf[entry.type]}",${mode},${uid},${gid},${size}`;
  return `${start},"${mtime}","${ctime}","${ino}",${nlink}${encodeExtras(entry)}]\n`;
}

function encodeExtras({ object, target, rdev, xattrs, lostXattrs }: Entry): string {
  if (target === undefined && rdev === undefined && xattrs === undefined && !lostXattrs) {
    // An object's name needs no escape.
    return object === undefined ? '' : `,{"object":"${object}"}`;
  }
  return ',' + JSON.stringify({ object, target, rdev, xattrs, lostXattrs } satisfies Extras);
}

/** Of whole lines, each with its line break. Throws on anything that `encodeEntry` does not write. */
export function decodeEntries(lines: string): Entry[] {
  // A line break within a name is escaped, so these are the ones between entries; one parse of all is twice as fast.
  return (JSON.parse(`[${lines.slice(0, -1).replaceAll('\n', ',')}]`) as Line[]).map(fromLine);
}

function fromLine(line: Line): Entry {
  const [path, letter, mode, uid, gid, size, mtime, ctime, ino, nlink, extras] = line;
  const type = typeOf.get(letter);
  if (typeof path !== 'string' || type === undefined || typeof nlink !== 'number') throw new Error('not an entry');
  const entry: Entry = {
    path,
    type,
    mode,
    uid,
    gid,
    size,
    mtime: BigInt(mtime),
    ctime: BigInt(ctime),
    ino: BigInt(ino),
    nlink,
  };
  if (extras) Object.assign(entry, extras);
  return entry;
}

/** Throws on a header of another format, saying so: a newer version may have written it. */
export function decodeHeader(line: string): ManifestHeader {
  const header = JSON.parse(line) as ManifestHeader;
  if (header.format !== 1) throw new Error(`manifest format ${String(header.format)} is not known`);
  return header;
}

export function decodeTrailer(line: string): ManifestTrailer {
  const trailer = JSON.parse(line) as ManifestTrailer;
  if (typeof trailer.sha256 !== 'string' || typeof trailer.entries !== 'number') throw new Error('no trailer');
  return trailer;
}
