import { setImmediate } from 'node:timers/promises';
import type { Progress } from '../core/agentProtocol';
import { Cancelled, throwIfCancelled } from '../core/failure';
import type { Phase, PhaseName, StageTimes } from '../core/timings/record';

/** How long work may hold the thread before heartbeats, a cancel and progress get their turn. */
const turnMs = 25;
const reportMs = 100;

/**
 * Keeps a request's long loops cooperative, and counts what they did in which phase. Loops ask `due()` at every step,
 * which is cheap, and await `turn()` when it is.
 */
export class Pace {
  private phases: Phase[] = [];
  private current: Phase | undefined;
  private phaseStart = 0;
  private lastTurn = performance.now();
  private lastReport = 0;
  private steps = 0;
  private critical = false;
  private totals: { totalFiles?: number; totalBytes?: number } = {};
  private stages: (() => StageTimes) | undefined;

  constructor(
    private signal: AbortSignal,
    private readonly report: (progress: Progress) => void,
  ) {}

  /** From now on time and counts belong to this phase; a phase may come again. `stages`: of one whose stages overlap. */
  phase(name: PhaseName, totals: { totalFiles?: number; totalBytes?: number } = {}, stages?: () => StageTimes): void {
    // The last that is heard of its stages is what is written down.
    if (this.stages) this.send();
    this.enter(name);
    this.totals = totals;
    this.stages = stages;
    this.send();
  }

  /** A moment's work of another phase, in the middle of the running one. */
  async aside(name: PhaseName, work: () => Promise<void>): Promise<void> {
    const { current } = this;
    this.enter(name);
    await work();
    if (current) this.enter(current.name);
  }

  private enter(name: PhaseName): void {
    this.endPhase();
    this.current = this.phases.find((phase) => phase.name === name) ?? { name, ms: 0, files: 0, bytes: 0 };
    if (!this.phases.includes(this.current)) this.phases.push(this.current);
    this.phaseStart = performance.now();
  }

  endPhase(): void {
    if (this.current) this.current.ms += performance.now() - this.phaseStart;
    this.current = undefined;
  }

  /** The running phase, or the one that ran last. */
  get step(): PhaseName | undefined {
    return (this.current ?? this.phases.at(-1))?.name;
  }

  takePhases(): Phase[] {
    const taken = this.phases;
    this.phases = [];
    return taken;
  }

  count(files: number, bytes: number): void {
    if (!this.current) return;
    this.current.files += files;
    this.current.bytes += bytes;
  }

  due(): boolean {
    return (++this.steps & 63) === 0 && performance.now() - this.lastTurn > turnMs;
  }

  /** For steps that take long themselves. */
  dueNow(): boolean {
    return performance.now() - this.lastTurn > turnMs;
  }

  /** Throws `Cancelled` when the request was cancelled. */
  async turn(): Promise<void> {
    if (performance.now() - this.lastReport > reportMs) this.send();
    await setImmediate();
    this.lastTurn = performance.now();
    throwIfCancelled(this.signal);
  }

  /** Waits for what cannot be interrupted, but not longer than until a cancel; then it goes on unheeded. */
  async orCancelled<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {}); // whoever waits for it hears of it; after a cancel nobody does
    const { signal } = this;
    throwIfCancelled(signal);
    let stop = () => {};
    const cancelled = new Promise<never>((_, reject) => {
      stop = () => reject(new Cancelled());
      signal.addEventListener('abort', stop);
    });
    try {
      return await Promise.race([work, cancelled]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** What comes now is finished whatever happens, and the host is told so. */
  async beginCritical(): Promise<void> {
    // A cancel that has arrived is obeyed. It is read between two turns: the first may be in the round that is running.
    await this.turn();
    await this.turn();
    this.signal = new AbortController().signal;
    this.critical = true;
    this.send();
  }

  send(): void {
    if (!this.current) return;
    this.lastReport = performance.now();
    const { name, files, bytes } = this.current;
    this.report({
      phase: name,
      files,
      bytes,
      ...(this.critical && { critical: true }),
      ...this.totals,
      ...(this.stages && { stages: this.stages() }),
    });
  }
}
