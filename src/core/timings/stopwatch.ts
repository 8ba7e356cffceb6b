import type { Clock } from './clock';
import type { Phase, PhaseName, PhasePart } from './record';

/**
 * Divides the time of one operation among its phases. At every moment exactly one phase runs, so that the phases add up
 * to the total by construction.
 */
export class Stopwatch {
  private readonly started: number;
  private readonly segments: Phase[] = [];
  private segmentStarted: number;

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
    this.running.ms += now - this.segmentStarted;
    this.segmentStarted = now;
  }
}

function empty(name: PhaseName, part?: PhasePart): Phase {
  return { name, ...(part && { part }), ms: 0, files: 0, bytes: 0 };
}
