import type { HostFrame } from '../agentProtocol';
import type { RequestOptions } from './session';

/**
 * The data of one request, in both directions. Where either end of it fails, the request is cancelled, and `failure` is what
 * it ends with; from then on, and after a cancel, what the agent sends is only read away.
 */
export class Bulk {
  failure: { error: unknown } | undefined;
  private sending = Promise.resolve();

  constructor(
    /** Of the request. */
    private readonly id: number,
    private readonly options: RequestOptions,
    private readonly send: (frame: HostFrame, payload?: Uint8Array) => Promise<void>,
  ) {}

  take(bytes: Uint8Array): Promise<void> {
    return this.orFail(async () => this.options.onData?.(bytes));
  }

  /** The agent has room for one more piece. Pieces go one after the other, and nobody waits here for that. */
  give(): void {
    this.sending = this.sending.then(() => this.orFail(() => this.giveOne()));
  }

  private async giveOne(): Promise<void> {
    const next = await this.options.input?.next();
    if (!next || next.done) await this.send({ type: 'data', id: this.id, last: true });
    else await this.send({ type: 'data', id: this.id }, next.value);
  }

  private async orFail(work: () => Promise<void>): Promise<void> {
    const { signal } = this.options;
    if (this.failure || signal.aborted) return;
    try {
      await work();
    } catch (error) {
      if (signal.aborted) return;
      this.failure = { error };
      await this.send({ type: 'cancel' }).catch(() => {});
    }
  }
}
