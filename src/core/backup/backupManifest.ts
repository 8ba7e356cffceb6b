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

/** Of a snapshot's entry what is of use beyond its store. */
export type BackedUpSnapshot = Pick<
  SnapshotEntry,
  | 'id'
  | 'volume'
  | 'time'
  | 'kind'
  | 'note'
  | 'consistency'
  | 'asked'
  | 'users'
  | 'databases'
  | 'losses'
  | 'entries'
  | 'files'
  | 'totalBytes'
  | 'frozenMs'
  | 'git'
>;

export function backedUp(entry: SnapshotEntry): BackedUpSnapshot {
  const { id, volume, time, kind, note, consistency, asked, users, databases, losses, git } = entry;
  const { entries, files, totalBytes, frozenMs } = entry;
  return {
    id,
    volume,
    time,
    kind,
    note,
    consistency,
    ...(asked && { asked }),
    users,
    ...(databases && { databases }),
    losses,
    entries,
    files,
    totalBytes,
    frozenMs,
    ...(git && { git }),
  };
}
