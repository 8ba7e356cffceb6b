import type { Socket } from 'node:net';
import type { AgentTransport } from '../../core/agentClient/session';
import { Failure } from '../../core/failure';
import { removeContainer } from '../containers';
import type { Wire } from '../wire';
import { toFailure } from '../wireErrors';
import { demux } from '../demux';

/** How much of what the agent wrote to stderr is kept for its failure's message, in characters. */
const tailLength = 4_000;

/** The pipes of an agent in a helper container. */
export class ContainerTransport implements AgentTransport {
  readonly output: AsyncIterable<Uint8Array>;
  private tail = '';
  private disposal: Promise<void> | undefined;
  private ended = false;

  constructor(
    private readonly wire: Wire,
    readonly id: string,
    private readonly socket: Socket,
    private readonly wait: { exited: Promise<number>; stop(): void },
  ) {
    this.output = this.read();
    wait.exited.then(
      () => (this.ended = true),
      () => {},
    );
  }

  get exited(): Promise<number> {
    return this.wait.exited;
  }

  /** The end of what the agent wrote to stderr. */
  stderrTail(): string {
    return this.tail;
  }

  log(line: string): void {
    this.wire.log(line);
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.socket.writable)
        return reject(new Failure('engineLost', { message: 'the connection to the helper ended' }));
      this.socket.write(bytes, (error) => (error ? reject(toFailure(error)) : resolve()));
    });
  }

  dispose(): Promise<void> {
    return (this.disposal ??= this.remove());
  }

  private async remove(): Promise<void> {
    this.socket.destroy();
    try {
      // Podman's removal would first ask it to stop, and wait.
      if (!this.ended) await kill(this.wire, this.id).catch(() => {});
      await removeContainer(this.wire, this.id);
    } finally {
      this.wait.stop();
    }
  }

  private async *read(): AsyncGenerator<Uint8Array> {
    try {
      yield* demux(this.socket, (bytes) => this.keep(bytes.toString()));
    } catch (error) {
      // Our own disposal ends the stream too.
      if (this.disposal === undefined) throw toFailure(error);
    }
  }

  private keep(text: string): void {
    this.tail = (this.tail + text).slice(-tailLength);
    this.wire.log(`agent: ${text.trimEnd()}`);
  }
}

/** Fails when it has ended meanwhile. */
async function kill(wire: Wire, id: string): Promise<void> {
  await wire.call((docker, abortSignal) => docker.getContainer(id).kill({ abortSignal }));
}
