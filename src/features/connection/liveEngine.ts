import type { VolumeEngine, Watchdog } from '../../core/engine';

/** An engine with which there is a connection. */
export interface LiveEngine extends VolumeEngine {
  startWatchdog(): Watchdog;
  /** Ends its connections, those in use too. */
  dispose(): void;
}

/** Disposes engines that were replaced, but not under an operation that is still at work on one. */
export class EngineHolds {
  private readonly holds = new Map<LiveEngine, number>();
  private readonly retired = new Set<LiveEngine>();

  /** Until the returned hold is disposed, the engine stays usable. */
  hold(engine: LiveEngine): Disposable {
    this.holds.set(engine, this.count(engine) + 1);
    return {
      [Symbol.dispose]: () => {
        this.holds.set(engine, this.count(engine) - 1);
        this.disposeIfUnused(engine);
      },
    };
  }

  retire(engine: LiveEngine): void {
    this.retired.add(engine);
    this.disposeIfUnused(engine);
  }

  private disposeIfUnused(engine: LiveEngine): void {
    if (this.count(engine) > 0) return;
    this.holds.delete(engine);
    if (this.retired.delete(engine)) engine.dispose();
  }

  private count(engine: LiveEngine): number {
    return this.holds.get(engine) ?? 0;
  }
}
