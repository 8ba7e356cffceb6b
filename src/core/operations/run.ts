import type { Progress } from '../agentProtocol';
import type { VolumeEngine, Owner, Watchdog } from '../engine';
import type { PhaseName } from '../timings/record';

/** What every operation works with. */
export interface Host {
  engine: VolumeEngine;
  owner: Owner;
  /** A new watchdog, started ahead of a freeze. */
  startWatchdog(): Watchdog;
  settings: OperationSettings;
}

export interface OperationSettings {
  /** The longest time containers stay paused; then they run on and the snapshot fails with freezeOverBudget. */
  freezeBudgetMs: number;
  /** How long a container may take to stop before a restore; its data is being discarded. */
  stopGraceSeconds: number;
}

/** One run of an operation, seen from inside: where it reports to, and how it learns that it is to end. */
export interface Run {
  readonly signal: AbortSignal;
  /** From now on the time belongs to this phase. */
  phase(name: PhaseName): void;
  /** Counts of the running phase; switches to `progress.phase` unless `phase` is held. */
  progress(progress: Progress): void;
  /** Time of the phase `name` in which the agent's own phases do not show: the freeze. */
  hold<T>(name: PhaseName, work: () => Promise<T>): Promise<T>;
  /** Adds to the record's figures. */
  count(figures: Partial<RunFigures>): void;
}

export interface RunFigures {
  downtimeMs: number;
  bytesMoved: number;
  bytesSkipped: number;
  filesMoved: number;
  filesSkipped: number;
}
