import { randomUUID } from 'node:crypto';
import type { Progress } from '../agentProtocol';
import type { Holder } from '../engine';
import { Cancelled, isFailure } from '../failure';
import type { Run, RunFigures, RunProgress, Warning } from '../operations/run';
import { systemClock, type Clock } from './clock';
import type { OperationKind, Phase, PhaseName, TimingRecord } from './record';
import { Stopwatch } from './stopwatch';

export interface Recording {
  kind: OperationKind;
  volume: string;
  /** For people. */
  engine: string;
  signal: AbortSignal;
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
  let ended: Pick<TimingRecord, 'outcome' | 'failure'> = { outcome: 'done' };
  try {
    return await work(run);
  } catch (error) {
    if (isFailure(error)) error.step ??= run.current;
    ended = outcomeOf(error);
    throw error;
  } finally {
    await recording.save({
      schema: 1,
      id: randomUUID(),
      kind: recording.kind,
      volume: recording.volume,
      engine: recording.engine,
      startedAt: startedAt.toISOString(),
      ...run.end(),
      ...ended,
    });
  }
}

function outcomeOf(error: unknown): Pick<TimingRecord, 'outcome' | 'failure'> {
  if (error instanceof Cancelled) return { outcome: 'cancelled' };
  return { outcome: 'failed', failure: isFailure(error) ? error.code : 'unexpected' };
}

class MeasuredRun implements Run {
  private held = 0;
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

  phase(name: PhaseName): void {
    if (this.held === 0) this.stopwatch.enter(name);
    this.report({ phase: name, files: 0, bytes: 0 });
  }

  progress(progress: Progress): void {
    if (this.held === 0) this.stopwatch.enter(progress.phase);
    this.stopwatch.counted(progress.files, progress.bytes);
    this.report(progress);
  }

  waitForHolder(holder: Holder): Disposable {
    const before = this.current;
    if (this.held === 0) this.stopwatch.enter('wait');
    this.report({ phase: 'wait', files: 0, bytes: 0, holder });
    return { [Symbol.dispose]: () => this.phase(before) };
  }

  waitForContainers(phase: PhaseName, containers: string[], upToSeconds?: number): void {
    if (this.held === 0) this.stopwatch.enter(phase);
    this.report({ phase, files: 0, bytes: 0, containers, upToSeconds });
  }

  async hold<T>(name: PhaseName, work: () => Promise<T>): Promise<T> {
    const before = this.stopwatch.current;
    this.phase(name);
    this.held++;
    try {
      return await work();
    } catch (error) {
      if (isFailure(error)) error.step ??= this.current;
      throw error;
    } finally {
      this.held--;
      this.phase(before);
    }
  }

  count(figures: Partial<RunFigures>): void {
    for (const name of Object.keys(figures) as (keyof RunFigures)[]) this.figures[name] += figures[name] ?? 0;
  }

  warn(warning: Warning): void {
    this.recording.onWarning?.(warning);
  }

  end(): RunFigures & { totalMs: number; phases: Phase[] } {
    return { ...this.stopwatch.stop(), ...this.figures };
  }

  /** While a phase is held, people see it and not what the agent does within it. */
  private report(progress: RunProgress): void {
    this.recording.onProgress?.(this.held === 0 ? progress : { ...progress, phase: this.current });
  }
}
