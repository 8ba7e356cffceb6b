import type { AgentError, AgentFrame, HostFrame } from '../core/agentProtocol';
import { protocolVersion } from '../core/agentProtocol';
import { Cancelled, isFailure } from '../core/failure';
import { readFrames } from '../core/frames';
import type { Work } from './methods';
import { Incoming, type HostData } from './hostData';
import type { HostPipe } from './hostPipe';
import { Pace } from './pace';

/**
 * Answers the host until it says good-bye (true), or is gone (false). A host that is gone cancels what is running; a
 * critical section is finished first.
 */
export class Conversation {
  private running: { id: number; controller: AbortController; done: Promise<void>; incoming: Incoming } | undefined;
  private responses = 0;
  private gone = false;

  constructor(
    private readonly work: Work,
    private readonly host: HostPipe,
  ) {}

  async serve(): Promise<boolean> {
    this.send({ type: 'hello', protocol: protocolVersion, node: process.version, uid: process.getuid?.() ?? -1 });
    try {
      for await (const { header, payload } of readFrames<HostFrame>(this.host.input())) {
        if (header.type === 'bye') return await this.goodbye();
        this.handle(header, payload);
      }
    } catch (error) {
      process.stderr.write(`the host is not understood: ${String(error)}\n`);
    }
    await this.hostIsGone();
    return false;
  }

  /** Ends the work cleanly; called also for signals and silence, whatever the input says. */
  async hostIsGone(): Promise<void> {
    this.gone = true;
    this.running?.controller.abort();
    await this.running?.done;
    this.work.end();
  }

  private handle(frame: HostFrame, payload: Buffer): void {
    // Of a request that is answered, nobody needs more.
    if (frame.type === 'data' && frame.id === this.running?.id)
      this.running.incoming.push(payload, frame.last === true);
    if (frame.type === 'cancel') this.running?.controller.abort();
    if (frame.type !== 'request') return;
    if (this.running || this.gone) throw new Error('one request at a time');
    const controller = new AbortController();
    const incoming = new Incoming(() => this.send({ type: 'more' }));
    const data = { send: (bytes: Uint8Array) => this.host.sendData(bytes), receive: () => incoming.read() };
    this.running = { id: frame.id, controller, incoming, done: this.answer(frame, data, controller.signal) };
  }

  private async answer(
    { id, method, params }: HostFrame & { type: 'request' },
    data: HostData,
    signal: AbortSignal,
  ): Promise<void> {
    const pace = new Pace(signal, (progress) => this.host.sendIfIdle({ type: 'progress', progress }));
    // A sign of life while a flush is waited for.
    const lifeSigns = setInterval(() => pace.send(), 1_000);
    let answer: AgentFrame;
    try {
      answer = { type: 'response', id, result: await this.work.run(method, params as never, pace, data) };
    } catch (error) {
      answer = { type: 'error', id, error: describe(error, pace) };
    }
    clearInterval(lifeSigns);
    this.running = undefined;
    this.responses++;
    this.send(answer);
  }

  private async goodbye(): Promise<boolean> {
    this.work.heard();
    await this.hostIsGone();
    this.send({ type: 'bye', responses: this.responses });
    return true;
  }

  private send(frame: AgentFrame): void {
    this.host.send(frame);
  }
}

function describe(error: unknown, pace: Pace): AgentError {
  if (error instanceof Cancelled) return { kind: 'cancelled' };
  if (isFailure(error)) {
    if (error.cause instanceof Error) process.stderr.write(`${error.message}, because of ${error.cause.message}\n`);
    const step = error.step ?? pace.step;
    return { kind: 'failure', code: error.code, details: error.details, ...(step && { step }) };
  }
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  return { kind: 'bug', message, stack };
}
