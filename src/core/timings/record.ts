/** The phases have the names of what the user waits for. */
export type PhaseName =
  | 'connect'
  | 'wait'
  | 'pull'
  | 'scan'
  | 'plan'
  | 'copy'
  | 'pack'
  | 'compress'
  | 'encrypt'
  | 'upload'
  | 'download'
  | 'unpack'
  | 'hooks'
  | 'freeze'
  | 'flush'
  | 'stop'
  | 'switch'
  | 'verify'
  | 'start'
  | 'health'
  | 'sweep'
  | 'create'
  | 'replace'
  | 'remove';

/**
 * Of work whose stages run beside one another: how long it waited for each of them, in milliseconds (`waits.ts`). In a record
 * they are phases.
 */
export type StageTimes = Partial<Record<PhaseName, number>>;

/** What an operation does besides its own work, in the same phases. */
export type PhasePart = 'safety';

export interface Phase {
  name: PhaseName;
  /** Absent for the operation's own work. */
  part?: PhasePart;
  ms: number;
  files: number;
  bytes: number;
}

export type OperationKind =
  | 'snapshot'
  | 'restore'
  | 'restoreToNew'
  | 'clone'
  | 'sync'
  | 'failOver'
  | 'previewSync'
  | 'create'
  | 'rename'
  | 'empty'
  | 'remove'
  | 'bringBack'
  | 'persist'
  | 'undoPersist'
  | 'copyInto'
  | 'previewRestore'
  | 'backup'
  | 'import'
  | 'verifyBackup'
  | 'deleteSnapshot'
  | 'changeNote'
  | 'retention'
  | 'size'
  | 'analyse'
  | 'recovery';

/** One operation's timing record. Holds names and numbers only, never content, environment or credentials. */
export interface TimingRecord {
  schema: 1;
  id: string;
  kind: OperationKind;
  volume: string;
  engine: string;
  /** ISO 8601, host clock. */
  startedAt: string;
  /** Monotonic clock; the phases add up to it. */
  totalMs: number;
  phases: Phase[];
  /**
   * How long containers of the volume were paused or stopped because of us: until the last one was started. How long
   * they then take to come up is the phase `health`.
   */
  downtimeMs: number;
  bytesMoved: number;
  bytesSkipped: number;
  filesMoved: number;
  filesSkipped: number;
  outcome: 'done' | 'failed' | 'cancelled';
  /** Where a backup went, or came from: its name in the settings and its kind, never an address. */
  destination?: { name: string; type: string };
  /** Which databases the volume holds, when the operation has seen it. */
  databases?: string[];
  /** How long it was expected to take, by what the history said before it began. */
  expectedMs?: number;
  /** Code of the failure, for `failed`, and the phase that it was in. */
  failure?: string;
  failedIn?: PhaseName;
}
