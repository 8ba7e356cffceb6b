import type { Progress } from '../agentProtocol';
import type { Holder, Owner, VolumeEngine, Watchdog } from '../engine';
import type { Failure } from '../failure';
import type { RecoveryReport } from '../recovery/report';
import type { Consistency } from '../snapshotEntry';
import type { PhaseName, PhasePart } from '../timings/record';
import type { NotUp } from './comingUp';

/** What every operation works with. */
export interface Host {
  engine: VolumeEngine;
  owner: Owner;
  /** A new watchdog, started ahead of a freeze. */
  startWatchdog(): Watchdog;
  /** Tells people what had to be put right of a dead owner before an operation could do its own work. */
  tellRecovered(report: RecoveryReport): void;
  /** Asks whether a freeze may take longer than `freezeBudgetMs`. */
  confirmLongFreeze(freeze: LongFreeze): Promise<boolean>;
  settings: OperationSettings;
}

/** A freeze that will clearly take longer than it may. */
export interface LongFreeze {
  seconds: number;
  /** Names of the containers that would stand still for it. */
  containers: string[];
}

export interface OperationSettings {
  /** For snapshots for which none was chosen, of volumes that have no label. */
  consistency: Consistency;
  /** The longest time containers stay paused, unless the user agrees to more; then they run on and the snapshot fails with freezeOverBudget. */
  freezeBudgetMs: number;
  /** How long a container may take to stop before a restore; its data is being discarded. */
  stopGraceSeconds: number;
  /** How long a container may take to come up again; 0: nobody waits for that. */
  healthWaitMs: number;
}

/** One run of an operation, seen from inside: where it reports to, and how it learns that it is to end. */
export interface Run {
  readonly signal: AbortSignal;
  /** The phase that is running. */
  readonly current: PhaseName;
  /** From now on the time belongs to this phase. */
  phase(name: PhaseName): void;
  /** Counts of the running phase; switches to `progress.phase` unless `phase` is held. */
  progress(progress: PartProgress): void;
  /** Until it is disposed, the time goes to waiting for another operation. */
  waitForHolder(holder: Holder): Disposable;
  /** Enters a phase in which these containers are waited for, at most so long. */
  waitForContainers(phase: 'stop' | 'start' | 'health', containers: string[], upToSeconds?: number): void;
  /** Time of the phase `name` in which the agent's own phases do not show: the freeze. */
  hold<T>(name: PhaseName, work: () => Promise<T>): Promise<T>;
  /** Adds to the record's figures. */
  count(figures: Partial<RunFigures>): void;
  /** Which databases its volume holds. */
  holds(databases: readonly string[]): void;
  /** Something that the user has to know, whatever the operation's own outcome. Not part of its record. */
  warn(warning: Warning): void;
}

export type Warning = NotUp | Failure;

export interface PartProgress extends Progress {
  part?: PhasePart;
  bytesPerSecond?: number;
  /** Of this phase. */
  secondsLeft?: number;
}

/** What people see of a run. */
export interface RunProgress extends PartProgress {
  /** Of the operation that is waited for. */
  holder?: Holder;
  containers?: string[];
  upToSeconds?: number | undefined;
  /** It has taken over twice as long as was expected: what was expected. */
  overdueMs?: number;
}

export interface RunFigures {
  downtimeMs: number;
  bytesMoved: number;
  bytesSkipped: number;
  filesMoved: number;
  filesSkipped: number;
}
