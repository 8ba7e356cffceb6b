import * as vscode from 'vscode';
import { Cancelled, isFailure } from '../../core/failure';
import { EngineHolds, type LiveEngine } from './liveEngine';

export type ConnectionState =
  { kind: 'connecting' } | { kind: 'connected'; engine: LiveEngine } | { kind: 'failed'; error: unknown };

/** Finds an engine and connects to it. */
export type Connect = (signal: AbortSignal) => Promise<LiveEngine>;

const firstDelayMs = 1_000;
const longestDelayMs = 5_000;

/**
 * The connection to the engine. It is made anew by itself: after a loss, and with back-off as long as someone looks
 * (`watch`), so that everything works again once the cause is gone.
 */
export class EngineConnection implements vscode.Disposable {
  private readonly stateChanged = new vscode.EventEmitter<ConnectionState>();
  private readonly engineChanged = new vscode.EventEmitter<void>();
  readonly onDidChange = this.stateChanged.event;
  /** Something about volumes or containers may have changed. */
  readonly onDidChangeEngine = this.engineChanged.event;

  private current: ConnectionState = { kind: 'connecting' };
  private attempt: Promise<LiveEngine> | undefined;
  private abort = new AbortController();
  private events: { dispose(): void } | undefined;
  private readonly holds = new EngineHolds();
  private timer: NodeJS.Timeout | undefined;
  private failures = 0;
  private watched = false;
  private disposed = false;

  constructor(private readonly connect: Connect) {}

  get state(): ConnectionState {
    return this.current;
  }

  /** The connected engine. Connects when there is none; rejects with the `Failure` of that attempt. */
  engine(): Promise<LiveEngine> {
    if (this.current.kind === 'connected') return Promise.resolve(this.current.engine);
    return this.attempt ?? this.reconnect();
  }

  /** Until the hold is disposed the engine stays usable, also when it is replaced meanwhile. */
  hold(engine: LiveEngine): Disposable {
    return this.holds.hold(engine);
  }

  /** Connects anew; an attempt that is under way is abandoned, and who waits for it gets the new one's result. */
  reconnect(): Promise<LiveEngine> {
    clearTimeout(this.timer);
    this.abort.abort();
    this.abort = new AbortController();
    const attempt = this.tryToConnect(this.abort.signal);
    this.attempt = attempt;
    attempt.catch(() => undefined); // told through the state
    return attempt;
  }

  /** While someone looks, a failed connection is tried again and again. */
  watch(watched: boolean): void {
    this.watched = watched;
    if (watched && this.current.kind === 'failed') void this.reconnect();
    if (!watched && this.current.kind === 'failed') clearTimeout(this.timer);
  }

  /** A request found that the engine is gone. */
  lost(engine: LiveEngine): void {
    if (this.current.kind !== 'connected' || this.current.engine !== engine || this.attempt) return;
    this.retryLater();
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    this.abort.abort();
    this.leave();
    this.stateChanged.dispose();
    this.engineChanged.dispose();
  }

  private async tryToConnect(signal: AbortSignal): Promise<LiveEngine> {
    try {
      const engine = await this.connect(signal);
      if (signal.aborted) {
        engine.dispose();
        throw new Cancelled();
      }
      this.attempt = undefined;
      this.failures = 0;
      this.enter({ kind: 'connected', engine });
      return engine;
    } catch (error) {
      if (this.disposed) throw error;
      if (signal.aborted) return this.engine(); // the attempt that replaced this one
      this.attempt = undefined;
      this.enter({ kind: 'failed', error });
      if (this.watched) this.retryLater();
      throw error;
    }
  }

  private enter(state: ConnectionState): void {
    this.leave();
    this.current = state;
    if (state.kind === 'connected') this.follow(state.engine);
    this.stateChanged.fire(state);
  }

  private leave(): void {
    this.events?.dispose();
    this.events = undefined;
    if (this.current.kind === 'connected') this.holds.retire(this.current.engine);
  }

  private follow(engine: LiveEngine): void {
    this.events = engine.watchEvents((event) => {
      if (event === 'lost') this.lost(engine);
      else this.engineChanged.fire();
    });
  }

  private retryLater(): void {
    clearTimeout(this.timer);
    const delay = Math.min(longestDelayMs, firstDelayMs * 2 ** this.failures++);
    this.timer = setTimeout(() => void this.reconnect(), delay);
  }
}

/** Whether a failed request means that the connection itself is gone. */
export function isLoss(error: unknown): boolean {
  return isFailure(error, 'engineLost', 'engineNotAnswering');
}
