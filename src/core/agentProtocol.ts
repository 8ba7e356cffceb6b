import type { BackupBase, Exclusion } from './backup/backupManifest';
import type { Analysis } from './analysis/analysis';
import type { Changes } from './changes';
import type { Database } from './database';
import type { Entry, Loss } from './entry';
import type { FailureCode, FailureDetails } from './failure';
import type { FileOwner } from './folderVolumes';
import type { RetentionPolicy } from './retention';
import type { EngineName, SnapshotEntry, SnapshotPurpose, SnapshotRequest, VolumeSpec } from './snapshotEntry';
import type { PhaseName, StageTimes } from './timings/record';

/**
 * What host and agent say to each other, in frames (see `frames.ts`) over the helper's stdin and stdout.
 *
 * The agent sends `hello` first. The host sends requests, one at a time, and a `beat` every few seconds; the agent
 * answers with progress and one response. `bye` is answered with `bye` and exit code 0: only both together mean
 * success, for a killed helper's stream ends like a good one.
 */
export type HostFrame =
  | { type: 'request'; id: number; method: AgentMethod; params: unknown }
  /** What a `more` asked for, as the frame's payload, for this request and no later one; `last`: there is nothing after it. */
  | { type: 'data'; id: number; last?: true }
  | { type: 'cancel' }
  | { type: 'beat' }
  | { type: 'bye' };

export type AgentFrame =
  | { type: 'hello'; protocol: number; node: string; uid: number }
  | { type: 'progress'; progress: Progress }
  /** A piece of what the running request sends, as the frame's payload; before its response. */
  | { type: 'data' }
  /** The running request can take one more piece of what the host has for it. */
  | { type: 'more' }
  | { type: 'response'; id: number; result: unknown }
  | { type: 'error'; id: number; error: AgentError }
  | { type: 'bye'; responses: number };

export const protocolVersion = 1;

/** Sent at every change of phase and about ten times a second within one. Counts are of the running phase. */
export interface Progress {
  phase: PhaseName;
  files: number;
  bytes: number;
  /** What the request does now is finished whatever happens: a cancel came too late, and the agent must not be killed. */
  critical?: true;
  totalFiles?: number;
  totalBytes?: number;
  /** Where the running phase's stages run beside one another: the time that it has waited for each. */
  stages?: StageTimes;
}

/** `failure` when it is one we know, else a bug with its stack. */
export type AgentError =
  | { kind: 'failure'; code: FailureCode; details: FailureDetails; step?: PhaseName }
  | { kind: 'cancelled' }
  | { kind: 'bug'; message: string; stack: string };

/** How long the agent waits for a beat before it takes the host for dead. */
export const beatIntervalMs = 5_000;
export const silenceLimitMs = 30_000;

export interface AgentMethods {
  /**
   * Pass 1, while the app runs: stamp, syncfs, scan, copy what is not proved unchanged. A good-bye before the commit
   * drops the snapshot.
   */
  'snapshot.begin': { params: { volume: VolumeSpec }; result: PassResult & { id: string; databases: Database[] } };
  /** A further pass while the app runs: as the first, for what changed since the last one. */
  'snapshot.catchUp': { params: Record<string, never>; result: PassResult };
  /** The last pass, while the app is frozen: rescan, copy what changed since the one before. No flush. */
  'snapshot.again': { params: Record<string, never>; result: PassResult };
  /**
   * Everything of a commit but its rename. `isStill`: after its last pass, the volume still was what that had seen. When it
   * was not, a further pass follows, or a commit that says what it is.
   */
  'snapshot.prepare': { params: SnapshotRequest; result: { isStill: boolean } };
  /** Unless it is prepared: flush, write the manifest. Then commit with one rename, refresh the catalog. */
  'snapshot.commit': { params: SnapshotRequest; result: SnapshotEntry };

  /**
   * What making the mounted volume equal to a snapshot would change; the snapshot that is being taken, if any, is what it
   * is compared with. Checks that all content and enough room are there.
   * `source` is the volume whose snapshot it is; it differs from `target` in a restore to a new volume.
   */
  'restore.preview': { params: RestoreGoal; result: Changes };
  /** The checks of `restore.preview` alone: all that can be refused while the app still runs. */
  'restore.check': { params: RestoreGoal; result: Record<string, never> };
  /**
   * Commits the snapshot that is being taken as the safety snapshot, and writes `pending.json` after the last checks.
   * `group` names the volumes that are switched together: what happens to them is settled by `restore.decide`.
   */
  'restore.prepare': {
    params: RestoreGoal & { safety?: SnapshotRequest; group?: string };
    result: { safety: SnapshotEntry | null };
  };
  /**
   * For a switch that is prepared together with others, before it is decided: refuses what changed since the safety
   * snapshot's last pass. One by itself looks when it switches.
   */
  'restore.lookOnceMore': { params: Record<string, never>; result: Record<string, never> };
  /** Settles with one rename that all prepared switches of a group happen, or are taken back. */
  'restore.decide': { params: { group: string; direction: SwitchDirection }; result: Record<string, never> };
  /**
   * The critical section: switches, flushes, verifies against a rescan, remembers the records, and removes
   * `pending.json` unless it belongs to a group.
   */
  'restore.switch': { params: Record<string, never>; result: SwitchResult };
  /** Removes `pending.json` when all volumes of its group are switched. */
  'restore.release': { params: Record<string, never>; result: Record<string, never> };
  /**
   * Finishes a pending switch of the mounted volume; null when none is pending or it was never decided. `decided` goes
   * where its group went, forward when it has none; `back` makes the volume equal to the safety snapshot (by a
   * `pending.json` that says so, so that this can be interrupted too). `safety`: whoever asks knows of a restore with
   * this safety snapshot; was that one finished already, the result is that nothing was left to do. `orBack`: one that cannot
   * go forward goes back, and so does its group. One that went forward stays pending until all of its group did, and says
   * so (`waits`): whoever asks comes back to it.
   */
  'restore.resume': {
    params: { target: VolumeSpec; direction: 'decided' | 'back'; safety?: string; orBack?: boolean };
    result: ResumeResult | null;
  };
  /** A snapshot of a volume whose switch is pending: what someone wrote to it since. */
  'restore.keep': { params: { target: VolumeSpec; request: SnapshotRequest }; result: SnapshotEntry };
  /** Drops the pending switch of a volume that is gone. Needs no mounted volume. */
  'restore.forget': { params: { volume: string }; result: Record<string, never> };

  'snapshot.delete': { params: { volume: string; snapshot: string }; result: DeleteResult };
  /** Deletes the safety snapshots of a volume that are no longer to be kept; `pruned`: which, oldest first. */
  'snapshot.prune': {
    params: { volume: string; policy: RetentionPolicy };
    result: DeleteResult & { pruned: SnapshotEntry[] };
  };
  /**
   * Sends a snapshot as a backup (docs/backup-format.md), in frames of type `data`. `level`: of zstd. `tool`: who makes it.
   * `base`: only what has changed since that one's snapshot; rejects with snapshotNotFound or snapshotDamaged when that one is not whole here.
   * `exclude`: patterns of what is left out. `bytes`: of the whole file. `files`: with content in it.
   */
  'snapshot.pack': {
    params: {
      volume: string;
      snapshot: string;
      level: number;
      tool: string;
      base?: BackupBase;
      exclude?: readonly string[];
    };
    result: { bytes: number; tarBytes: number; entries: number; files: number; excluded?: Exclusion };
  };
  /**
   * Makes a backup, whose zstd frames the host sends as data, a snapshot of `volume`. `trailers`: its end, in base64, after those
   * of the backups that it builds on, whose frames come first. Nothing of it is there unless all of it is as the trailers say;
   * else rejects with backupDamaged.
   */
  'snapshot.unpack': { params: { volume: VolumeSpec; trailers: string[]; note: string }; result: SnapshotEntry };
  /**
   * The same of a tar that anybody made, compressed or not, which proves nothing; rejects with backupDamaged where it is cut or
   * has what no tree has. `within`: all that counts is in this folder of it. `over`: what is in that
   * snapshot of the volume stays, but for what has the same name. `purpose`: nobody asked for the snapshot itself.
   */
  'snapshot.unpackForeign': {
    params: {
      volume: VolumeSpec;
      note: string;
      within?: string;
      over?: string;
      purpose?: SnapshotPurpose;
    } & KnownOfTar;
    result: SnapshotEntry;
  };
  /**
   * Makes a snapshot of `source` one of `volume` as well, with the same objects: what `volume` is then made equal to. Moves no
   * content. `owner`: all of it is theirs there. The lock is that of `volume`; rejects with snapshotNotFound or snapshotDamaged when `source` lost it meanwhile.
   */
  'snapshot.share': {
    params: { source: string; snapshot: string; volume: VolumeSpec; owner?: FileOwner };
    result: SnapshotEntry;
  };
  /**
   * A snapshot goes to another engine, from agent to agent: what is in it, what of that is wanted there, and then that. First
   * the source says what is in it, as data. `copies`: of the target's snapshots, those that came from this volume, newest
   * first; where one of them is here still, only what differs from it is said. `level`: of zstd.
   */
  'transfer.describe': {
    params: { volume: string; snapshot: string; level: number; copies: readonly { here: string; there: string }[] };
    result: Record<string, never>;
  };
  /**
   * Then the target, which gets that as data, says as data what it lacks: not what its snapshots have, nor what an interrupted
   * transfer has brought. Counts and bytes of content.
   */
  'transfer.expect': { params: { volume: VolumeSpec; level: number }; result: Expected };
  /** The source gets that, and sends it. `same`: so many are at the target already, by their content. */
  'transfer.send': { params: { level: number }; result: { files: number; bytes: number; same: number } };
  /**
   * The target makes a snapshot of it, under the ids that the objects have at the source: so each side knows the next time
   * what the other one has. What has arrived stays when it fails, but for a store that is full. `of`: the snapshot at the source.
   */
  'transfer.receive': { params: { of: SnapshotEntry; engine: EngineName }; result: SnapshotEntry };
  /** Makes a snapshot of the mounted volume that holds its root folder and nothing else. */
  'snapshot.nothing': { params: { volume: VolumeSpec }; result: SnapshotEntry };
  /** Gives a committed snapshot another note. */
  'snapshot.note': { params: { volume: string; snapshot: string; note: string }; result: SnapshotEntry };
  /**
   * What a snapshot is made of, or the mounted volume as it is, and what has changed since another snapshot. `at`: the moment of
   * which ages are; ISO 8601.
   */
  'volume.analyse': { params: { volume: string; snapshot?: string; since?: string; at: string }; result: Analysis };
  'volume.size': { params: Record<string, never>; result: VolumeSize };
  /** Inode and time of the mounted volume's root folder, in ns: who knows both elsewhere sees the same one. */
  'volume.root': { params: Record<string, never>; result: { ino: string; mtime: string } };

  /**
   * Without a mounted volume: drops what uncommitted snapshots of `volume` left, sweeps, refreshes its catalog. `finished`:
   * a switch of it has ended well and its host did not live to hear it; this is said once. `arrived`: drops what has arrived
   * of another engine's snapshot, too.
   */
  'store.clean': {
    params: { volume: string; arrived?: boolean };
    result: { dropped: number; pending: PendingRestore | null; finished: boolean };
  };
  /** Makes a catalog that was lost anew from the snapshots' entries. */
  'store.catalog': { params: Record<string, never>; result: { snapshots: number } };
  /** All entries of a snapshot, for tests and previews. */
  'snapshot.entries': { params: { volume: string; snapshot: string }; result: { entries: WireEntry[] } };
}

export type AgentMethod = keyof AgentMethods;

/** Of the content of a snapshot that comes from another engine. */
export interface Expected {
  missingFiles: number;
  missingBytes: number;
  /** In snapshots here, or brought by an interrupted transfer. */
  presentFiles: number;
  presentBytes: number;
}

/** What whoever makes a tar knows of it beforehand: its size, and what is not in it. */
export interface KnownOfTar {
  totalFiles?: number;
  totalBytes?: number;
  losses?: Loss[];
}

/** JSON has no bigint: times and inodes travel as decimal strings. */
export type WireEntry = Omit<Entry, 'mtime' | 'ctime' | 'ino'> & { mtime: string; ctime: string; ino: string };

export interface RestoreGoal {
  source: string;
  snapshot: string;
  target: VolumeSpec;
  /** Of a preview: all of it would be theirs. */
  owner?: FileOwner;
}

/** To the snapshot, or to the safety snapshots. */
export type SwitchDirection = 'forward' | 'back';

export interface PassResult {
  entries: number;
  files: number;
  totalBytes: number;
  copiedFiles: number;
  copiedBytes: number;
  /** Milliseconds that the next pass will at least take: this one's scan, and its copy where nothing proves files unchanged. */
  scanMs: number;
  /** Milliseconds of the whole pass. */
  totalMs: number;
  losses: Loss[];
}

export interface SwitchResult {
  writtenFiles: number;
  writtenBytes: number;
  keptFiles: number;
  keptBytes: number;
  removedEntries: number;
  changedMetadata: number;
  losses: Loss[];
}

export interface ResumeResult extends SwitchResult {
  /** Where it went: `back` is what the volume was before the restore. */
  direction: SwitchDirection;
  /** It is switched, and still pending: others of its group are not switched yet. */
  waits?: true;
}

export interface DeleteResult {
  freedBytes: number;
  /** Why the space could not be freed: what else is needed is not known while a snapshot cannot be read. */
  unswept?: string;
}

export interface VolumeSize {
  entries: number;
  files: number;
  /** Sum of file sizes, hard links once / what they take on disk. */
  bytes: number;
  allocatedBytes: number;
}

/** `pending.json` in the target's store folder: a switch that has begun and is not known to be finished. */
export interface PendingRestore extends RestoreGoal {
  format: 1;
  safety?: string;
  group?: string;
  /** It is done, and may have to go back as long as others of its group are not. */
  switched?: true;
  /** Identity of the target's root folder (`ManifestHeader.root`): never switch a volume recreated since. */
  root: string;
  startedAt: string;
}
