import { createHash } from 'node:crypto';
import type { Entry } from '../../core/entry';
import { isFailure } from '../../core/failure';
import { decodeManifest, encodeManifest, type ManifestHeader } from '../../core/manifest';
import { deltaOf, withDelta, type RecordsDelta } from '../../core/transfer/recordsDelta';
import type { Pieces } from '../archive/pieces';
import type { VolumeStore } from '../store/volumeStore';
import { headerOf, readHeader } from './stream';

/** A snapshot that came from here, under both of its ids. */
export interface CopyThere {
  here: string;
  there: string;
}

interface RecordsHeader extends Pick<RecordsDelta, 'steps'> {
  /** Id, at the receiver, of the snapshot that the steps are of; absent when all records follow. */
  base?: string;
  /** Of the records that follow. */
  bytes: number;
  /** Of all records, when the steps were followed. */
  digest: string;
}

/** All entries of a snapshot: those that are in a copy there already, by where they are in it. */
export async function encodeRecords(
  store: VolumeStore,
  entries: readonly Entry[],
  copies: readonly CopyThere[],
): Promise<Buffer[]> {
  const base = await firstReadable(store, copies);
  const { steps, fresh } = deltaOf(base?.entries ?? [], entries);
  const pieces = encodeManifest(nowhere, fresh);
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  const header: RecordsHeader = { steps, bytes, digest: digestOfRecords(entries), ...(base && { base: base.there }) };
  return [headerOf(header), ...pieces];
}

/** Throws on what is not whole, or not of the copy that is here. */
export async function readRecords(store: VolumeStore, from: Pieces): Promise<Entry[]> {
  const { base, steps, bytes, digest } = await readHeader<RecordsHeader>(from);
  const records = decodeManifest(await from.take(bytes));
  const before = base === undefined ? [] : (await store.readManifest(base)).entries;
  const entries = withDelta(before, { steps, fresh: records.entries });
  if (!(await from.isAtEnd())) throw new Error('more than the records');
  if (digestOfRecords(entries) !== digest) throw new Error('other records than were announced');
  return entries;
}

async function firstReadable(store: VolumeStore, copies: readonly CopyThere[]) {
  for (const { here, there } of copies) {
    try {
      return { there, entries: (await store.readManifest(here)).entries };
    } catch (error) {
      if (!isFailure(error, 'snapshotNotFound', 'snapshotDamaged')) throw error;
    }
  }
  return undefined;
}

/** Records prove nothing of another place. */
const nowhere: ManifestHeader = {
  format: 2,
  volume: { name: '', createdAt: '' },
  snapshot: '',
  stamp: '0',
  fileSystem: 0,
  device: '',
  root: '',
};

function digestOfRecords(entries: readonly Entry[]): string {
  const hash = createHash('sha256');
  for (const piece of encodeManifest(nowhere, entries)) hash.update(piece);
  return hash.digest('base64');
}
