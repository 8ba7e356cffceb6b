import type { PhaseName, StageTimes } from './record';

/**
 * Whom a pipeline waits for, whose stages run beside one another. At every moment that is exactly one of them, so that their
 * times add up: the root, unless what is `within` it is waited for, and so on to the innermost.
 */
export class Waits<Stage extends string> {
  private readonly times = new Map<Stage, number>();
  private readonly waiting = new Map<Stage, number>();
  private since: number;

  constructor(
    private readonly root: Stage,
    private readonly within: Partial<Record<Stage, Stage>>,
    private readonly now = () => performance.now(),
  ) {
    this.since = now();
    for (const stage of [root, ...(Object.keys(within) as Stage[])]) this.times.set(stage, 0);
  }

  async during<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    this.count(stage, 1);
    try {
      return await work();
    } finally {
      this.count(stage, -1);
    }
  }

  /** What a source has, with its time while it is asked for more. */
  async *each<T>(stage: Stage, source: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
    const iterator = source[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.during(stage, () => iterator.next());
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }

  /** Milliseconds so far. */
  of(stage: Stage): number {
    this.take();
    return this.times.get(stage)!;
  }

  private count(stage: Stage, by: 1 | -1): void {
    this.take();
    this.waiting.set(stage, (this.waiting.get(stage) ?? 0) + by);
  }

  private take(): void {
    const now = this.now();
    const stage = this.innermost;
    this.times.set(stage, this.times.get(stage)! + now - this.since);
    this.since = now;
  }

  private get innermost(): Stage {
    const inside = (outer: Stage) =>
      [...this.times.keys()].find((stage) => this.within[stage] === outer && (this.waiting.get(stage) ?? 0) > 0);
    let stage = this.root;
    for (let next = inside(stage); next !== undefined; next = inside(next)) stage = next;
    return stage;
  }
}

/** The time of one stage as the one of several, in their proportion. */
export function divided(times: StageTimes, stage: PhaseName, among: StageTimes): StageTimes {
  const all = sumOf(among);
  const { [stage]: whole = 0, ...others } = times;
  if (all === 0) return times;
  const parts = Object.entries(among).map(([name, ms]) => [name, (whole * ms) / all]);
  return { ...others, ...(Object.fromEntries(parts) as StageTimes) };
}

export function sumOf(times: StageTimes): number {
  return Object.values(times).reduce((sum, ms) => sum + ms, 0);
}
