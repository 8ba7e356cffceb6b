import type { RunProgress } from '../../operations/run';
import { remainingMs } from './eta';
import { isOverdue } from './slowDown';

/**
 * Says in every progress how long the rest takes, as far as the history or the flow of bytes tell, and once the operation is
 * overdue, that it is. Where nothing happens for long, the last progress is said again, with less time left.
 */
export class TimeLeft {
  /** By the history; known once there is a connection. */
  expectedMs: number | undefined;
  private readonly since: number;
  private waitedMs = 0;
  private last: { progress: RunProgress; at: number } | undefined;

  constructor(
    private readonly onProgress: (progress: RunProgress) => void,
    private readonly now = () => performance.now(),
  ) {
    this.since = now();
  }

  report(progress: RunProgress): void {
    const now = this.now();
    this.countWait(now);
    this.last = { progress, at: now };
    this.say(progress, now);
  }

  /** To be called each second. */
  again(): void {
    if (!this.last) return;
    const { progress, at } = this.last;
    const now = this.now();
    const { secondsLeft } = progress;
    const passed = (now - at) / 1_000;
    this.say(
      secondsLeft === undefined ? progress : { ...progress, secondsLeft: Math.max(0, secondsLeft - passed) },
      now,
    );
  }

  private say(progress: RunProgress, now: number): void {
    const { expectedMs } = this;
    const flowMs = progress.secondsLeft === undefined ? undefined : progress.secondsLeft * 1_000;
    const elapsedMs = now - this.since - this.waitedMs - (this.isWaiting ? now - this.last!.at : 0);
    const leftMs = remainingMs(elapsedMs, { expectedMs, flowMs });
    this.onProgress({
      ...progress,
      ...(leftMs !== undefined && { secondsLeft: leftMs / 1_000 }),
      ...(expectedMs !== undefined && isOverdue(elapsedMs, expectedMs) && { overdueMs: expectedMs }),
    });
  }

  /** What has nothing to do with the data is not expected. */
  private get isWaiting(): boolean {
    const phase = this.last?.progress.phase;
    return phase === 'wait' || phase === 'pull';
  }

  private countWait(now: number): void {
    if (this.isWaiting) this.waitedMs += now - this.last!.at;
  }
}
