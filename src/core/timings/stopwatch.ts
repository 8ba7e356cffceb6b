import type { Clock } from './clock';
import type { Phase, PhaseName, PhasePart, StageTimes } from './record';
import { sumOf } from './waits';

/**
 * Divides the time of one operation among its phases. At every moment exactly one phase runs, so that the phases add up
 * to the total by construction.
 */
export class Stopwatch {
  private readonly started: number;
  private readonly segments: Phase[] = [];
  private segmentStarted: number;
  private stages: StageTimes = {};

  constructor(
    private readonly clock: Clock,
    first: PhaseName,
  ) {
    this.started = this.segmentStarted = clock.monotonic();
    this.segments.push(empty(first));
  }

  get current(): PhaseName {
    return this.running.name;
  }

  get part(): PhasePart | undefined {
    return this.running.part;
  }

  enter(name: PhaseName, part?: PhasePart): void {
    if (name === this.current && part === this.part) return;
    this.closeSegment();
    this.segments.push(empty(name, part));
  }

  /** Sets the counts of the running segment; they grow within a segment and start anew in the next. */
  counted(files: number, bytes: number): void {
    this.running.files = files;
    this.running.bytes = bytes;
  }

  /** The running segment's time is the one of these, in their proportion. Its counts stay with its own name. */
  staged(stages: StageTimes): void {
    this.stages = stages;
  }

  /** Ends the watch. Segments of the same phase of one part are added up, in the order of their first appearance. */
  stop(): { totalMs: number; phases: Phase[] } {
    this.closeSegment();
    const phases = new Map<string, Phase>();
    for (const segment of this.segments) {
      const key = `${segment.part ?? ''} ${segment.name}`;
      const sum = phases.get(key) ?? empty(segment.name, segment.part);
      sum.ms += segment.ms;
      sum.files += segment.files;
      sum.bytes += segment.bytes;
      phases.set(key, sum);
    }
    return { totalMs: this.segmentStarted - this.started, phases: [...phases.values()] };
  }

  private get running(): Phase {
    return this.segments[this.segments.length - 1]!;
  }

  private closeSegment(): void {
    const now = this.clock.monotonic();
    const ms = now - this.segmentStarted;
    this.segmentStarted = now;
    const all = sumOf(this.stages);
    const { running } = this;
    if (all === 0) running.ms += ms;
    for (const [name, share] of Object.entries(this.stages) as [PhaseName, number][]) {
      if (share === 0) continue;
      const stage = name === running.name ? running : empty(name, running.part);
      stage.ms += (ms * share) / all;
      if (stage !== running) this.segments.push(stage);
    }
    this.stages = {};
  }
}

function empty(name: PhaseName, part?: PhasePart): Phase {
  return { name, ...(part && { part }), ms: 0, files: 0, bytes: 0 };
}
