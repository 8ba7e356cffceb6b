import {
  beatIntervalMs,
  protocolVersion,
  type AgentFrame,
  type AgentMethod,
  type AgentMethods,
  type HostFrame,
  type Progress,
} from '../agentProtocol';
import { Cancelled, Failure, throwIfCancelled, isFailure } from '../failure';
import { encodeFrame, readFrames } from '../frames';
import { fromAgent } from './agentErrors';
import { Bulk } from './bulk';
import type { AgentSession, AgentTransport, RequestOptions } from './session';

/** A working agent shows signs of life every second; libc calls that block it do not take this long. */
const silenceLimitMs = 120_000;
/** The same after a cancel, but for requests that must not be taken for cancelled. */
const cancelLimitMs = 3_000;
const helloLimitMs = 30_000;
const endLimitMs = 2_000;
const goodbyeLimitMs = 10_000;

/**
 * A volume may be half-switched when these are unanswered: only the agent can say that one was cancelled, and it is ended
 * only when it is lost.
 */
const switching: readonly AgentMethod[] = ['restore.switch', 'restore.resume', 'restore.decide'];

/** Waits for the agent's greeting. When it rejects, disposing the transport is the caller's. */
export async function startAgentSession(transport: AgentTransport, signal: AbortSignal): Promise<AgentSession> {
  throwIfCancelled(signal);
  const client = new AgentClient(transport);
  try {
    await client.greeted(signal);
    return client;
  } catch (error) {
    client.stop();
    throw error;
  }
}

interface Waiting {
  resolve(frame: AgentFrame): void;
  reject(error: unknown): void;
  onProgress?: ((progress: Progress) => void) | undefined;
  bulk?: Bulk | undefined;
  /** It is not to be interrupted: by its nature, or as its progress said. */
  critical: boolean;
}

class AgentClient implements AgentSession {
  private requests = 0;
  private waiting: Waiting | undefined;
  private lost: Failure | undefined;
  private saidBye = false;
  /** Whoever wants the agent's data is at work on a piece of it. */
  private taking = false;
  private lastHeard = performance.now();
  private readonly beats: NodeJS.Timeout;

  constructor(private readonly transport: AgentTransport) {
    this.beats = setInterval(() => void this.send({ type: 'beat' }).catch(() => {}), beatIntervalMs);
    void this.listen();
  }

  async greeted(signal: AbortSignal): Promise<void> {
    const cancel = () => this.fail(new Cancelled());
    const limit = setTimeout(() => this.fail(this.agentLost('no greeting')), helloLimitMs);
    signal.addEventListener('abort', cancel);
    try {
      const hello = await this.nextAnswer();
      if (hello.type !== 'hello' || hello.protocol !== protocolVersion) {
        throw new Failure('agentFailed', { message: `unexpected greeting ${JSON.stringify(hello)}` });
      }
    } finally {
      clearTimeout(limit);
      signal.removeEventListener('abort', cancel);
    }
  }

  async request<M extends AgentMethod>(
    method: M,
    params: AgentMethods[M]['params'],
    options: RequestOptions,
  ): Promise<AgentMethods[M]['result']> {
    const { signal, onProgress } = options;
    throwIfCancelled(signal);
    const id = ++this.requests;
    const cancel = () => void this.send({ type: 'cancel' }).catch(() => {});
    const bulk = new Bulk(id, options, (frame, payload) => this.send(frame, payload));
    const answer = this.nextAnswer(switching.includes(method), onProgress, bulk);
    const watch = setInterval(() => this.checkSilence(signal.aborted), 250);
    signal.addEventListener('abort', cancel);
    try {
      this.lastHeard = performance.now();
      const sent = this.send({ type: 'request', id, method, params });
      // No answer will come, and the next request is to hear that too: the end of the output may be seen later.
      sent.catch((error: unknown) => isFailure(error) && this.fail(error));
      await Promise.race([answer, sent]);
      if (signal.aborted) cancel();
      const frame = await answer;
      if (bulk.failure) throw bulk.failure.error;
      if (frame.type === 'error' && frame.id === id) throw fromAgent(frame.error);
      if (frame.type !== 'response' || frame.id !== id) throw this.agentLost(`unexpected ${frame.type}`);
      return frame.result as AgentMethods[M]['result'];
    } finally {
      clearInterval(watch);
      signal.removeEventListener('abort', cancel);
    }
  }

  async finish(): Promise<void> {
    let limit: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      limit = setTimeout(() => reject(this.agentLost('no good-bye in time')), goodbyeLimitMs);
    });
    try {
      await Promise.race([this.sayGoodbye(), late]);
    } catch (error) {
      // Whoever has all answers by then needs to know no more of it.
      this.transport.log?.(`agent: ${String(error)}`);
      throw error;
    } finally {
      clearTimeout(limit);
    }
  }

  private async sayGoodbye(): Promise<void> {
    const answer = this.nextAnswer();
    this.saidBye = true;
    await Promise.race([answer, this.send({ type: 'bye' })]);
    const bye = await answer;
    const code = await this.transport.exited;
    if (bye.type === 'bye' && bye.responses === this.requests && code === 0) return;
    throw this.agentLost(`no good-bye (${bye.type}, exit code ${code})`);
  }

  /** No more beats: the agent takes us for dead, even if nobody ends it. */
  stop(): void {
    clearInterval(this.beats);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.endCleanly();
    // The transport says in the log what it could not remove; thrown here, it would hide why the session ended.
    await this.transport.dispose().catch(() => {});
    this.fail(this.agentLost('disposed'));
  }

  /** An agent that can still be reached drops what it has not committed; it is not waited for longer than a cancel. */
  private async endCleanly(): Promise<void> {
    if (this.lost || this.saidBye) return;
    const ended = this.send({ type: 'bye' }).then(() => this.transport.exited);
    await new Promise<void>((resolve) => {
      let since = performance.now();
      const watch = setInterval(() => {
        // What is critical may take as long as it shows signs of life: see `checkSilence`.
        if (this.waiting?.critical) since = performance.now();
        else if (performance.now() - since > endLimitMs) end();
      }, 100);
      const end = () => {
        clearInterval(watch);
        resolve();
      };
      ended.then(end, end);
    });
  }

  private async listen(): Promise<void> {
    try {
      for await (const { header, payload } of readFrames<AgentFrame>(this.transport.output)) {
        if (header.type === 'data') await this.takeData(payload);
        else if (header.type === 'more') this.waiting?.bulk?.give();
        else this.hear(header);
      }
      this.fail(this.agentLost(`ended with exit code ${await this.transport.exited}`));
    } catch (cause) {
      this.fail(this.agentLost(String(cause), cause));
    } finally {
      this.stop();
    }
  }

  private hear(frame: AgentFrame): void {
    this.lastHeard = performance.now();
    if (frame.type === 'progress') {
      if (this.waiting && frame.progress.critical) this.waiting.critical = true;
      this.waiting?.onProgress?.(frame.progress);
      return;
    }
    const waiting = this.waiting;
    this.waiting = undefined;
    waiting?.resolve(frame);
  }

  /** Nothing more is read meanwhile, and so the agent waits. */
  private async takeData(payload: Buffer): Promise<void> {
    this.lastHeard = performance.now();
    this.taking = true;
    await this.waiting?.bulk?.take(payload);
    this.taking = false;
    this.lastHeard = performance.now();
  }

  private nextAnswer(critical = false, onProgress?: Waiting['onProgress'], bulk?: Bulk): Promise<AgentFrame> {
    if (this.waiting) throw new Error('the agent answers one request at a time');
    if (this.lost) return Promise.reject(this.lost);
    const answer = new Promise<AgentFrame>((resolve, reject) => {
      this.waiting = { resolve, reject, critical, onProgress, bulk };
    });
    // It may fail while the request is still being sent.
    answer.catch(() => {});
    return answer;
  }

  private checkSilence(cancelled: boolean): void {
    const silent = performance.now() - this.lastHeard;
    if (cancelled && !this.waiting?.critical && silent > cancelLimitMs) this.fail(new Cancelled());
    // What the agent says meanwhile is not read.
    else if (silent > silenceLimitMs && !this.taking) this.fail(this.agentLost('silent'));
  }

  private fail(error: Failure | Cancelled): void {
    if (isFailure(error)) this.lost ??= error;
    const waiting = this.waiting;
    this.waiting = undefined;
    waiting?.reject(error);
  }

  private async send(frame: HostFrame, payload?: Uint8Array): Promise<void> {
    try {
      await this.transport.write(encodeFrame(frame, payload));
    } catch (cause) {
      throw this.lost ?? this.agentLost(String(cause), cause);
    }
  }

  private agentLost(reason: string, cause?: unknown): Failure {
    const stderr = this.transport.stderrTail?.().trim();
    return new Failure('agentLost', { reason, ...(stderr && { stderr }) }, { cause });
  }
}
