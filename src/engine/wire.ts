import type Docker from 'dockerode';
import { Cancelled, Failure, throwIfCancelled } from '../core/failure';
import { toFailure } from './wireErrors';

/**
 * How long an engine may take, in milliseconds. Creating and removing wait for its disk, which may be busy; a volume is removed with
 * all its files while the request waits.
 */
export const timeouts = { ping: 5_000, read: 15_000, change: 60_000, commit: 180_000, removeVolume: 600_000 };

/** The connection to one engine: every request goes through `call`, which gives it a time limit and known errors. */
export class Wire {
  constructor(
    readonly docker: Docker,
    /** For people, without credentials. */
    readonly endpoint: string,
    readonly log: (line: string) => void,
  ) {}

  /** Rejects with a `Failure` or `Cancelled`, at the latest after `timeoutMs`, even when the request itself never settles. */
  async call<T>(
    work: (docker: Docker, abortSignal: AbortSignal) => Promise<T>,
    { signal, timeoutMs = timeouts.read }: { signal?: AbortSignal; timeoutMs?: number } = {},
  ): Promise<T> {
    if (signal) throwIfCancelled(signal);
    const controller = new AbortController();
    const cancel = () => controller.abort(new Cancelled());
    signal?.addEventListener('abort', cancel, { once: true });
    const timer = setTimeout(() => {
      controller.abort(new Failure('engineNotAnswering', { endpoint: this.endpoint, seconds: timeoutMs / 1000 }));
    }, timeoutMs);
    try {
      return await Promise.race([work(this.docker, controller.signal), rejectOnAbort(controller.signal)]);
    } catch (error) {
      throw controller.signal.aborted ? controller.signal.reason : toFailure(error);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    }
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
