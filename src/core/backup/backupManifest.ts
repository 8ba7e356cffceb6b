import { only } from '../only';
import type { SnapshotEntry } from '../snapshotEntry';

/** What a backup says of itself, at its end (docs/backup-format.md). */
export interface BackupManifest {
  /** 2: of one that builds on another one. 3: of one that leaves something out, or would have. */
  format: 1 | 2 | 3;
  /** By whom it was written: `volumes-for-docker 0.1.0`. */
  tool: string;
  /** ISO 8601, engine clock. */
  madeAt: string;
  /** What it is a backup of: the volume, the moment, the images and database versions of then. Counts are of what is in it. */
  snapshot: BackedUpSnapshot;
  /** What it builds on; absent when all of the snapshot is in it. */
  base?: BackupBase;
  /** What was to be left out, and was. */
  excluded?: Exclusion;
  archive: {
    /** Members: of a full one, one for each entry of the snapshot. */
    entries: number;
    /** Of the tar, before compression / of the zstd frames that it is in. */
    tarBytes: number;
    compressedBytes: number;
  };
}

export interface Exclusion {
  /** As they were given. */
  patterns: string[];
  entries: number;
  files: number;
  /** Of the names that are left out; of a file with several names, of each. */
  bytes: number;
  /** Path of the first one, as bytes (latin1). */
  first?: string;
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

/** The patterns of a backup and the ones of the next: it can build on it only where these are the same. */
export function isSameExclusion({ excluded }: BackupManifest, patterns: readonly string[]): boolean {
  return JSON.stringify(excluded?.patterns ?? []) === JSON.stringify(patterns);
}
