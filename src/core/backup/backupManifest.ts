import { only } from '../only';
import type { SnapshotEntry } from '../snapshotEntry';

/** What a backup says of itself, at its end (docs/backup-format.md). */
export interface BackupManifest {
  /** 2: of one that builds on another one. */
  format: 1 | 2;
  /** By whom it was written: `volumes-for-docker 0.1.0`. */
  tool: string;
  /** ISO 8601, engine clock. */
  madeAt: string;
  /** What it is a backup of: the volume, the moment, the images and database versions of then. */
  snapshot: BackedUpSnapshot;
  /** What it builds on; absent when all of the snapshot is in it. */
  base?: BackupBase;
  archive: {
    /** Members: of a full one, one for each entry of the snapshot. */
    entries: number;
    /** Of the tar, before compression / of the zstd frames that it is in. */
    tarBytes: number;
    compressedBytes: number;
  };
}

/** The backup before, at the same destination, of which this one has only what has changed since. */
export interface BackupBase {
  /** Its name there. */
  file: string;
  /** Its proof, hexadecimal. */
  sha256: string;
  /** The snapshot that it was made of. */
  snapshot: string;
  /** How many of its chain are no full ones, and their bytes; those of the full one. */
  links: number;
  linkBytes: number;
  fullBytes: number;
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
