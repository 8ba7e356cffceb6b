import * as assert from 'node:assert/strict';
import { startAgentSession } from '../../src/core/agentClient/client';
import type { AgentTransport } from '../../src/core/agentClient/session';
import { protocolVersion, type AgentFrame, type HostFrame } from '../../src/core/agentProtocol';
import { Cancelled, Failure } from '../../src/core/failure';
import { encodeFrame, readFrames } from '../../src/core/frames';

const hello: AgentFrame = { type: 'hello', protocol: protocolVersion, node: 'v24', uid: 0 };
const never = new AbortController().signal;
const isFailure = (code: string) => (error: unknown) => error instanceof Failure && error.code === code;

/** An agent played by the test: what it hears, it answers as the test says. */
class FakeAgent implements AgentTransport {
  readonly heard: HostFrame[] = [];
  disposed = false;
  private queue: Uint8Array[] = [];
  private ended = false;
  private wake = () => {};
  private exit!: (code: number) => void;
  readonly exited = new Promise<number>((resolve) => (this.exit = resolve));

  constructor(private readonly answer: (frame: HostFrame, agent: FakeAgent) => void = () => {}) {}

  async write(bytes: Uint8Array): Promise<void> {
    if (this.ended) throw new Error('EPIPE');

    const frames = readFrames<HostFrame>(
      (async function* () {
        yield bytes;
      })(),
    );
    for await (const { header } of frames) {
      this.heard.push(header);
      this.answer(header, this);
      if (header.type === 'bye' && !this.ended) this.end(0);
    }
  }

  say(...frames: AgentFrame[]): this {
    this.queue.push(...frames.map((frame) => encodeFrame(frame)));
    this.wake();
    return this;
  }

  end(code: number, rest?: Buffer): void {
    if (rest) this.queue.push(rest);
    this.ended = true;
    this.exit(code);
    this.wake();
  }

  get output(): AsyncIterable<Uint8Array> {
    return this.chunks();
  }

  stderrTail(): string {
    return 'last words';
  }

  dispose(): Promise<void> {
    this.disposed = true;
    if (!this.ended) this.end(-1);
    return Promise.resolve();
  }

  private async *chunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      for (const chunk of this.queue.splice(0)) yield chunk;
      if (this.ended && this.queue.length === 0) return;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}

function start(agent: FakeAgent) {
  return startAgentSession(agent.say(hello), never);
}

const size = { entries: 1, files: 0, bytes: 0, allocatedBytes: 0 };

describe('a session with an agent', () => {
  it('asks, shows progress, gets the answer and ends well', async () => {
    const agent = new FakeAgent((frame, self) => {
      if (frame.type === 'request') {
        self.say({ type: 'progress', progress: { phase: 'scan', files: 3, bytes: 0 } });
        self.say({ type: 'response', id: frame.id, result: size });
      }
      if (frame.type === 'bye') {
        self.say({ type: 'bye', responses: 1 });
        self.end(0);
      }
    });
    const seen: string[] = [];
    const session = await start(agent);
    const result = await session.request(
      'volume.size',
      {},
      { signal: never, onProgress: (progress) => seen.push(progress.phase) },
    );
    assert.deepEqual([result, seen], [size, ['scan']]);
    await session.finish();
    await session[Symbol.asyncDispose]();
    assert.ok(agent.disposed);
  });

  it('is refused by an agent of another version', async () => {
    const agent = new FakeAgent().say({ ...hello, protocol: 99 });
    await assert.rejects(startAgentSession(agent, never), isFailure('agentFailed'));
  });

  it('rejects with what went wrong: a failure, a cancel, or a bug with its stack', async () => {
    const errors = [
      { kind: 'failure', code: 'storeFull', details: { needed: 2, free: 1 }, step: 'copy' },
      { kind: 'cancelled' },
      { kind: 'bug', message: 'oops', stack: 'at there' },
    ] as const;
    const agent = new FakeAgent((frame, self) => {
      if (frame.type === 'request') self.say({ type: 'error', id: frame.id, error: errors[frame.id - 1]! });
    });
    const session = await start(agent);
    const ask = () => session.request('volume.size', {}, { signal: never });
    await assert.rejects(ask(), { code: 'storeFull', details: { needed: 2, free: 1 }, step: 'copy' });
    await assert.rejects(ask(), Cancelled);
    await assert.rejects(ask(), { code: 'agentFailed', details: { message: 'oops' }, cause: 'at there' });
    await session[Symbol.asyncDispose]();
  });

  it('rejects every request with agentLost once one could not be sent, before the end of the output is seen', async () => {
    const agent = new FakeAgent();
    agent.write = () => Promise.reject(new Error('EPIPE'));
    await using session = await start(agent);
    for (let n = 0; n < 2; n++) {
      await assert.rejects(session.request('volume.size', {}, { signal: never }), isFailure('agentLost'));
    }
  });

  it('rejects with agentLost when the agent ends without an answer, with its last words', async () => {
    const agent = new FakeAgent((frame, self) => frame.type === 'request' && self.end(137));
    const session = await start(agent);
    const asked = session.request('volume.size', {}, { signal: never });
    await assert.rejects(asked, {
      code: 'agentLost',
      details: { reason: 'ended with exit code 137', stderr: 'last words' },
    });
    await assert.rejects(session.request('volume.size', {}, { signal: never }), isFailure('agentLost'));
    await assert.rejects(session.finish(), isFailure('agentLost'));
  });

  it('does not take a stream that was cut off, or that ends well, for success', async () => {
    const cut = new FakeAgent((frame, self) => {
      if (frame.type === 'request') self.end(0, encodeFrame({ type: 'response', id: 1, result: size }).subarray(0, 30));
    });
    await assert.rejects((await start(cut)).request('volume.size', {}, { signal: never }), isFailure('agentLost'));

    const silent = new FakeAgent((frame, self) => frame.type === 'bye' && self.end(0));
    await assert.rejects((await start(silent)).finish(), isFailure('agentLost'));

    const failing = new FakeAgent((frame, self) => {
      if (frame.type === 'bye') self.say({ type: 'bye', responses: 0 }).end(1);
    });
    await assert.rejects((await start(failing)).finish(), isFailure('agentLost'));
  });

  describe('that is silent, though its stream stays open', () => {
    const { now } = performance;
    const agents: FakeAgent[] = [];
    afterEach(() => {
      performance.now = now;
      for (const agent of agents.splice(0)) agent.end(0);
    });
    const later = (ms: number) => void (performance.now = () => now.call(performance) + ms);
    const open = () => {
      const agent = new FakeAgent();
      agents.push(agent);
      return start(agent);
    };

    it('is lost after two minutes, in a switch too', async () => {
      for (const method of ['volume.size', 'restore.switch'] as const) {
        performance.now = now;
        const session = await open();
        const asked = session.request(method, {}, { signal: never });
        later(121_000);
        await assert.rejects(asked, { code: 'agentLost', details: { reason: 'silent', stderr: 'last words' } });
      }
    });

    it('is not waited for longer than three seconds after a cancel, but in a switch', async () => {
      const controller = new AbortController();
      const [sizing, switching] = [await open(), await open()];
      const sized = sizing.request('volume.size', {}, { signal: controller.signal });
      const switched = switching.request('restore.switch', {}, { signal: controller.signal });
      controller.abort();
      later(3_100);
      await assert.rejects(sized, Cancelled);
      const outcome = await Promise.race([switched, new Promise((resolve) => setTimeout(resolve, 600, 'waits'))]);
      assert.equal(outcome, 'waits');
      later(121_000);
      await assert.rejects(switched, isFailure('agentLost'));
    });
  });

  it('sends a cancel and waits for the answer, whatever it is', async () => {
    const agent = new FakeAgent((frame, self) => {
      if (frame.type === 'cancel') self.say({ type: 'response', id: 1, result: size });
    });
    const session = await start(agent);
    const controller = new AbortController();
    const asked = session.request('volume.size', {}, { signal: controller.signal });
    controller.abort();
    assert.deepEqual(await asked, size);
    assert.ok(agent.heard.some(({ type }) => type === 'cancel'));
    await session[Symbol.asyncDispose]();
  });

  it('asks nothing with a signal that is aborted', async () => {
    const agent = new FakeAgent();
    const session = await start(agent);
    await assert.rejects(session.request('volume.size', {}, { signal: AbortSignal.abort() }), Cancelled);
    assert.deepEqual(agent.heard, []);
    await session[Symbol.asyncDispose]();
  });

  it('is cancelled while it waits for the greeting', async () => {
    const controller = new AbortController();
    const started = startAgentSession(new FakeAgent(), controller.signal);
    controller.abort();
    await assert.rejects(started, Cancelled);
  });
});
