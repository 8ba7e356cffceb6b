import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandResult, ContainerCommand } from '../core/engine';
import { throwIfCancelled } from '../core/failure';
import { demux } from './demux';
import { timeouts, type Wire } from './wire';
import { asRecord } from './wire/read';
import { wordsWithoutSecrets } from './wire/secrets';

/** How much of the output is kept, in characters. */
const tailLength = 4_000;
/** How often to ask whether it has ended: its output may stay open after it, in the hands of what it started. */
const askMs = 200;
/** Between the end of its output and its own. */
const settleMs = 20;

/** Runs a command in a running container. See `VolumeEngine.exec`. */
export async function exec(
  wire: Wire,
  id: string,
  { command, user, env = {}, timeoutMs }: ContainerCommand,
  signal: AbortSignal,
): Promise<CommandResult> {
  const options = {
    Cmd: command,
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    AttachStdout: true,
    AttachStderr: true,
    ...(user !== undefined && { User: user }),
  };
  const giveUp = Date.now() + timeoutMs;
  const made = await wire.call((docker, abortSignal) => docker.getContainer(id).exec({ ...options, abortSignal }), {
    signal,
  });
  // Not cancellable: a request that was cut off may still have started it.
  const stream: Readable = await wire.call((_, abortSignal) => made.start({ abortSignal }), {
    timeoutMs: timeouts.change,
  });
  let output = '';
  const keep = (bytes: Buffer) => void (output = (output + bytes.toString()).slice(-tailLength));
  const closed = collect(stream, keep);
  const cancelled = aborted(signal);
  try {
    for (;;) {
      throwIfCancelled(signal);
      const exitCode = await exitCodeOf(wire, made, signal);
      if (exitCode !== undefined) await Promise.race([closed, sleep(askMs)]);
      if (exitCode !== undefined || Date.now() > giveUp) return { exitCode, output: wordsWithoutSecrets(output) };
      await Promise.race([closed.then(() => sleep(settleMs)), sleep(askMs), cancelled]);
    }
  } finally {
    stream.destroy();
  }
}

/** Resolves however the stream ends: whether the command was done is asked, not read from that. */
async function collect(stream: Readable, keep: (bytes: Buffer) => void): Promise<void> {
  try {
    for await (const bytes of demux(stream, keep)) keep(bytes);
  } catch {
    // A broken stream is a lost connection, which the next question finds.
  }
}

/** Undefined while it runs. */
async function exitCodeOf(
  wire: Wire,
  made: { inspect(options: object): Promise<unknown> },
  signal: AbortSignal,
): Promise<number | undefined> {
  const answer = asRecord(await wire.call((_, abortSignal) => made.inspect({ abortSignal }), { signal }));
  const code = answer['ExitCode'];
  return answer['Running'] !== true && typeof code === 'number' ? code : undefined;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
