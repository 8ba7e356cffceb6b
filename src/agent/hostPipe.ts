import * as net from 'node:net';
import type { AgentFrame } from '../core/agentProtocol';
import { encodeFrame } from '../core/frames';

/** With more than this unsent, the host reads slowly or not at all, and progress is not worth queueing. */
const backlogBytes = 64 * 1024;

/**
 * The pipes to the host: stdin and stdout. `process.stdout` would write synchronously to a pipe, and a host that stopped
 * reading would stop a switch half-way; a socket of our own queues.
 */
export class HostPipe {
  private readonly output = new net.Socket({ fd: 1, readable: false, writable: true });
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

  /** Resolves once everything is written, or nobody is there to read it. */
  flushed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.output.destroyed) return resolve();
      this.output.once('close', resolve);
      this.output.end(resolve);
    });
  }
}
