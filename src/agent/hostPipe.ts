import type { AgentFrame } from '../core/agentProtocol';
import { encodeFrame } from '../core/frames';

/** With more than this unsent, the host reads slowly or not at all, and progress is not worth queueing. */
const backlogBytes = 64 * 1024;

/**
 * The pipes to the host. Nothing here waits for it, but for who sends data: a host that stopped reading must not stop a
 * switch half-way.
 */
export class HostPipe {
  private readonly output = process.stdout;
  private lastHeard = performance.now();

  constructor() {
    // The host is gone; the end of stdin says so too.
    this.output.on('error', () => {});
  }

  get silentMs(): number {
    return performance.now() - this.lastHeard;
  }

  async *input(): AsyncGenerator<Uint8Array> {
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
      this.lastHeard = performance.now();
      yield chunk;
    }
  }

  send(frame: AgentFrame): void {
    this.output.write(encodeFrame(frame));
  }

  sendIfIdle(frame: AgentFrame): void {
    if (this.output.writableLength < backlogBytes) this.send(frame);
  }

  /** Resolves when most of it is on its way. */
  sendData(bytes: Uint8Array): Promise<void> {
    if (this.output.write(encodeFrame({ type: 'data' }, bytes))) return Promise.resolve();
    return new Promise((resolve) => this.output.once('drain', resolve));
  }

  /** Resolves once everything is written, or nobody is there to read it. */
  flushed(): Promise<void> {
    return new Promise((resolve) => this.output.write('', () => resolve()));
  }
}
