import type { Database, DatabaseKind } from './database';
import type { Loss } from './entry';
import type { Phase } from './timings/record';

/** How the containers that use a volume were treated while its snapshot was taken. */
export type Consistency = 'live' | 'paused' | 'application' | 'stopped';

/** What a volume was when a snapshot was taken: enough to recognise it, and to create it again. */
export interface VolumeSpec {
  name: string;
  /** The engine's `CreatedAt`: Docker before 23.0 moves it with every entry made in the volume's root folder. */
  createdAt: string;
  driver: string;
  labels: Record<string, string>;
  options: Record<string, string>;
}

/** Of what describes a volume, only what is kept. */
export function specOf({ name, createdAt, driver, labels, options }: VolumeSpec): VolumeSpec {
  return { name, createdAt, driver, labels, options };
}

/** `entry.json` of a snapshot, and the file of the same content in the store's catalog (docs/store-format.md). */
export interface SnapshotEntry {
  format: 1;
  id: string;
  /** Grows by one with each snapshot of a volume; snapshots are ordered by this, for clocks step back. */
  sequence: number;
  volume: VolumeSpec;
  /** ISO 8601, engine clock: the moment whose content the snapshot holds. */
  time: string;
  /** `safety`: taken by an operation that was about to destroy data. */
  kind: 'user' | 'safety';
  /** What a safety snapshot was taken for; a restore when absent. */
  purpose?: SnapshotPurpose;
  /** Of another volume's snapshot, which this volume was made equal to by a clone or a sync; `engine`: it is of that one. */
  copyOf?: { volume: string; snapshot: string; engine?: EngineName };
  note: string;
  consistency: Consistency;
  /** What was asked for, when that is not what it got. */
  asked?: Consistency;
  /** The running containers that used the volume; none: the volume was not in use. */
  users: SnapshotUser[];
  /** Whose data it holds. Absent in snapshots of older versions; of the host: what the users' images declare. */
  databases?: Database[];
  losses: Loss[];
  entries: number;
  files: number;
  /** Sum of all file sizes in bytes / bytes of content this snapshot added to the store. */
  totalBytes: number;
  addedBytes: number;
  /** Taken at one moment with these, all or none; `volumes` holds all names, its own too. */
  group?: SnapshotGroup;
  /** Id of the snapshot before this one, which shares its unchanged content. */
  parent?: string;
  git?: { branch: string; commit: string };
  /** Milliseconds the containers were frozen; 0 when none was. */
  frozenMs: number;
  phases: Phase[];
}

/** An engine's own id, and its name for people. */
export interface EngineName {
  id: string;
  name: string;
}

/** `source`: to be copied to a volume, by a clone, a sync or a rename. All others: it is what was there before. */
export type SnapshotPurpose = 'source' | 'sync' | 'empty' | 'remove' | 'prune';

export interface SnapshotGroup {
  id: string;
  volumes: string[];
  /** The Compose project that they were all the volumes of. */
  project?: string;
}

export interface SnapshotUser {
  name: string;
  /** As it was given when the container was made. */
  image: string;
  /** What that was then. Absent in snapshots of older versions. */
  imageId?: string;
  /** Whose commands ran in it for `application`: its labels', or those that are known for a database. */
  hooks?: 'labels' | DatabaseKind;
}

/** What the host contributes to an entry; the agent fills in the rest when it commits. */
export type SnapshotRequest = Pick<
  SnapshotEntry,
  | 'kind'
  | 'purpose'
  | 'copyOf'
  | 'note'
  | 'consistency'
  | 'asked'
  | 'users'
  | 'databases'
  | 'git'
  | 'frozenMs'
  | 'group'
>;

/** Newest first. */
export function byAge(a: SnapshotEntry, b: SnapshotEntry): number {
  return b.sequence - a.sequence || (a.id < b.id ? 1 : -1);
}
