import { randomUUID } from 'node:crypto';
import type { Holder } from '../engine';
import { Cancelled, isFailure } from '../failure';
import type { PartProgress, Run, RunFigures, RunProgress, Warning } from '../operations/run';
import { systemClock, type Clock } from './clock';
import type { OperationKind, PhaseName, PhasePart, TimingRecord } from './record';
import { Stopwatch } from './stopwatch';

export interface Recording {
  kind: OperationKind;
  volume: string;
  /** For people. This and what is expected may become known while the operation connects. */
  engine: string;
  signal: AbortSignal;
  /** Where a backup goes, or comes from. */
  destination?: TimingRecord['destination'];
  /** By the history. */
  expectedMs?: number | undefined;
  onProgress?: (progress: RunProgress) => void;
  onWarning?: (warning: Warning) => void;
  /** Called once with the finished record, whatever the outcome; must not reject. */
  save: (record: TimingRecord) => Promise<void>;
  clock?: Clock;
}

/** Runs one operation, and leaves its timing record whether it is done, failed or cancelled. */
export async function recordOperation<T>(recording: Recording, work: (run: Run) => Promise<T>): Promise<T> {
  const clock = recording.clock ?? systemClock;
  const startedAt = clock.date();
  const run = new MeasuredRun(new Stopwatch(clock, 'connect'), recording);
  let ended: Ended = { outcome: 'done' };
  try {
    return await work(run);
  } catch (error) {
    if (isFailure(error)) error.step ??= run.current;
    ended = endedBy(error, run.current);
    throw error;
  } finally {
    await recording.save({
      schema: 1,
      id: randomUUID(),
      kind: recording.kind,
      volume: recording.volume,
      engine: recording.engine,
      ...aboutOf(recording),
      startedAt: startedAt.toISOString(),
      ...run.end(),
      ...ended,
    });
  }
}

function aboutOf({ destination, expectedMs }: Recording): Pick<TimingRecord, 'destination' | 'expectedMs'> {
  return { ...(destination && { destination }), ...(expectedMs !== undefined && { expectedMs }) };
}

type Ended = Pick<TimingRecord, 'outcome' | 'failure' | 'failedIn'>;

export function endedBy(error: unknown, current?: PhaseName): Ended {
  if (error instanceof Cancelled) return { outcome: 'cancelled' };
  const failedIn = isFailure(error) ? (error.step ?? current) : current;
  return { outcome: 'failed', failure: isFailure(error) ? error.code : 'unexpected', ...(failedIn && { failedIn }) };
}

class MeasuredRun implements Run {
  private held = 0;
  private readonly databases = new Set<string>();
  private readonly figures: RunFigures = {
    downtimeMs: 0,
    bytesMoved: 0,
    bytesSkipped: 0,
    filesMoved: 0,
    filesSkipped: 0,
  };

  constructor(
    private readonly stopwatch: Stopwatch,
    private readonly recording: Recording,
  ) {}

  get signal(): AbortSignal {
    return this.recording.signal;
  }

  get current(): PhaseName {
    return this.stopwatch.current;
  }

  phase(name: PhaseName, part?: PhasePart): void {
    if (this.held === 0) this.stopwatch.enter(name, part);
    this.report({ phase: name, ...(part && { part }), files: 0, bytes: 0 });
  }

  progress(progress: PartProgress): void {
    if (this.held === 0) this.stopwatch.enter(progress.phase, progress.part);
    this.stopwatch.counted(progress.files, progress.bytes);
    if (progress.stages) this.stopwatch.staged(progress.stages);
    this.report(progress);
  }

  waitForHolder(holder: Holder): Disposable {
    const { current, part } = this.stopwatch;
    if (this.held === 0) this.stopwatch.enter('wait');
    this.report({ phase: 'wait', files: 0, bytes: 0, holder });
    return { [Symbol.dispose]: () => this.phase(current, part) };
  }

  waitForContainers(phase: PhaseName, containers: string[], upToSeconds?: number): void {
    if (this.held === 0) this.stopwatch.enter(phase);
    this.report({ phase, files: 0, bytes: 0, containers, upToSeconds });
  }

  async hold<T>(name: PhaseName, work: () => Promise<T>): Promise<T> {
    const { current, part } = this.stopwatch;
    this.phase(name);
    this.held++;
    try {
      return await work();
    } catch (error) {
      if (isFailure(error)) error.step ??= this.current;
      throw error;
    } finally {
      this.held--;
      this.phase(current, part);
    }
  }

  count(figures: Partial<RunFigures>): void {
    for (const name of Object.keys(figures) as (keyof RunFigures)[]) this.figures[name] += figures[name] ?? 0;
  }

  holds(databases: readonly string[]): void {
    for (const each of databases) this.databases.add(each);
  }

  warn(warning: Warning): void {
    this.recording.onWarning?.(warning);
  }

  end(): RunFigures & Pick<TimingRecord, 'totalMs' | 'phases' | 'databases'> {
    const databases = this.databases.size > 0 ? { databases: [...this.databases] } : {};
    return { ...this.stopwatch.stop(), ...this.figures, ...databases };
  }

  /** While a phase is held, people see it and not what the agent does within it. */
  private report(progress: RunProgress): void {
    this.recording.onProgress?.(this.held === 0 ? progress : { ...progress, phase: this.current });
  }
}
