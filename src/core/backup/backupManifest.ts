import { only } from '../only';
import type { SnapshotEntry } from '../snapshotEntry';

/** What a backup says of itself, at its end (docs/backup-format.md). */
export interface BackupManifest {
  format: 1;
  /** By whom it was written: `volumes-for-docker 0.1.0`. */
  tool: string;
  /** ISO 8601, engine clock. */
  madeAt: string;
  /** What it is a backup of: the volume, the moment, the images and database versions of then. */
  snapshot: BackedUpSnapshot;
  archive: {
    /** Members; one for each entry of the snapshot. */
    entries: number;
    /** Of the tar, before compression / of the zstd frames that it is in. */
    tarBytes: number;
    compressedBytes: number;
  };
}

const ofSnapshot = [
  'id',
  'volume',
  'time',
  'kind',
  'note',
  'consistency',
  'asked',
  'users',
  'databases',
  'losses',
  'entries',
  'files',
  'totalBytes',
  'frozenMs',
  'git',
] as const satisfies (keyof SnapshotEntry)[];

/** Of a snapshot's entry what is of use beyond its store. */
export type BackedUpSnapshot = Pick<SnapshotEntry, (typeof ofSnapshot)[number]>;

export function backedUp(entry: SnapshotEntry): BackedUpSnapshot {
  return only(entry, ofSnapshot);
}
