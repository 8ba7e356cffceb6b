import type { FrozenContainer, VolumeEngine } from '../engine';
import { isFailure, isRefusal } from '../failure';
import { type NotUp, type Started, untilUp } from './comingUp';
import { inStartOrder, needsHealthy } from './containerOrder';
import { inspectAll } from './inspectAll';
import { startForGood } from './stopUnderWay';

interface StartOptions {
  /** How long one that others need healthy may take to become so; then they are started nevertheless. 0: no wait. */
  healthWaitMs: number;
  /** Ends that waiting; everything is started all the same. */
  signal: AbortSignal;
  /** Until when one that runs may still be on its way to a stop (`stopUnderWay.ts`). */
  stopsEnd: number;
  /** Hears which containers are being started or, when there are none, waited for. */
  report?: (phase: 'start' | 'health', names: string[]) => void;
}

/**
 * Starts in dependency order, but for those that stood still before, and puts the restart policies back. What the engine refused is returned when all were
 * tried; one that was removed meanwhile needs no start. Rejects when an answer did not come: then nobody knows what runs.
 */
export async function startAgain(
  { engine }: { engine: VolumeEngine },
  frozen: readonly FrozenContainer[],
  { healthWaitMs, signal, stopsEnd, report }: StartOptions,
): Promise<{ started: Started[]; refused: NotUp[] }> {
  const before = new Map(frozen.map((each) => [each.id, each]));
  const started: Started[] = [];
  const refused: NotUp[] = [];
  const progress = new Progress(report);
  const orRefused = async (container: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const reason = isFailure(error, 'engineError') ? error.details.message : undefined;
      refused.push({ container, why: 'refused', reason: reason ?? String(error), log: [] });
    }
  };
  await inStartOrder(await inspectAll(engine, frozen, new AbortController().signal), async (container, needed) => {
    const { id, name } = container;
    const { endedAt } = container.lastRun;
    const isNeeded = ({ id: other }: Started) =>
      needed.some((each) => each.id === other && needsHealthy(container, each));
    const healthyFirst = healthWaitMs > 0 ? started.filter(isNeeded) : [];
    await Promise.all(
      healthyFirst.map((other) =>
        progress.during('health', other.name, () => untilUp(engine, other, healthWaitMs, signal)),
      ),
    );
    const { still, restartPolicy } = before.get(id)!;
    const start = () =>
      orRefused(name, async () => {
        await startForGood(engine, id, stopsEnd);
        started.push({ id, name, at: performance.now(), ...(endedAt !== undefined && { endedAt }) });
      });
    if (!still) await progress.during('start', name, start);
    await orRefused(name, () => engine.setRestartPolicy(id, restartPolicy));
  });
  return { started, refused };
}

class Progress {
  private readonly busy = { start: new Set<string>(), health: new Set<string>() };

  constructor(private readonly report: StartOptions['report']) {}

  async during<T>(phase: 'start' | 'health', name: string, work: () => Promise<T>): Promise<T> {
    this.busy[phase].add(name);
    this.say();
    try {
      return await work();
    } finally {
      this.busy[phase].delete(name);
      this.say();
    }
  }

  private say(): void {
    const phase = this.busy.start.size > 0 ? 'start' : 'health';
    if (this.busy[phase].size > 0) this.report?.(phase, [...this.busy[phase]]);
  }
}
