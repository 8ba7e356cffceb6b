import type { Entry } from './entry';
import { Records } from './recorded';
import { RecordWriter } from './recordWriter';
import { checkedName } from './storeLayout';

/**
 * A manifest (docs/store-format.md): a header, then a record for each entry. This file knows what is in it; compression and
 * the checksum are the agent's (`src/agent/store/manifestFile.ts`).
 */
export interface ManifestHeader {
  format: 2;
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

export interface Manifest {
  header: ManifestHeader;
  entries: readonly Entry[];
}

/** What the header says of the records. */
interface RecordsHeader {
  entries: number;
  bytes: number;
  /** That made the objects. */
  objectsOf: string[];
}

/** The first line, then the records. */
export function encodeManifest(header: ManifestHeader, entries: readonly Entry[]): Buffer[] {
  const writer = new RecordWriter();
  for (const entry of entries) writer.add(entry);
  const { pieces, snapshots } = writer.finish();
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const records: RecordsHeader = { entries: entries.length, bytes, objectsOf: snapshots };
  const line = JSON.stringify({ ...header, ...records });
  const length = Buffer.byteLength(line) + 1;
  // The records begin at a multiple of 4, as their parts do.
  return [Buffer.from(`${line}${' '.repeat(-length & 3)}\n`), ...pieces];
}

/** What a manifest's first line says: itself, and how many bytes of records come after it. Undefined while it is not whole. */
export function decodeHeader(start: Buffer): (ManifestHeader & RecordsHeader & { end: number }) | undefined {
  const end = start.indexOf(0x0a) + 1;
  if (end === 0) return undefined;
  const header = JSON.parse(start.toString('utf8', 0, end)) as ManifestHeader & RecordsHeader;
  // A newer version may have written it.
  if (header.format !== 2) throw new Error(`manifest format ${String(header.format)} is not known`);
  if (!Number.isSafeInteger(header.bytes) || header.bytes < 0) throw new Error('the manifest does not say its length');
  return { ...header, end };
}

/** The inverse of `encodeManifest`, of one piece of memory. Throws on anything else. */
export function decodeManifest(all: Buffer): Manifest {
  const found = decodeHeader(all);
  if (!found) throw new Error('the manifest is cut off');
  const { entries: count, bytes, objectsOf, end, ...header } = found;
  if (all.length !== end + bytes) throw new Error('the manifest is cut off');
  const entries = new Records(aligned(all.subarray(end)), objectsOf.map(checkedName)).entries();
  if (entries.length !== count) throw new Error('the manifest misses entries');
  return { header, entries };
}

function aligned(bytes: Buffer): Buffer {
  return (bytes.byteOffset & 3) === 0 ? bytes : Buffer.from(new Uint8Array(bytes).buffer);
}
