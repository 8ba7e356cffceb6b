import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { label } from './labels';
import { timeouts, type Wire } from './wire';
import { asRecord, asText } from './wire/read';
import { toFailure } from './wireErrors';

type Listener = (event: 'changed' | 'lost') => void;

/** What changes nothing we show: health checks alone would cause several a second. */
const noise =
  /^(exec_|health_status|attach|detach|top|resize|mount|unmount|copy|export|kill|commit|archive-path|extract-to-dir)/;

/** Milliseconds before each attempt to connect again; the last one repeats. */
const backOffMs = [250, 500, 1_000, 2_000, 5_000];

/**
 * Follows the engine's events about volumes and containers. Calls back with `lost` once when the stream breaks, and with
 * `changed` when it is there again, for what happened in between is not known.
 */
export function watchEvents(wire: Wire, listener: Listener): { dispose(): void } {
  const end = new AbortController();
  void follow(wire, listener, end.signal);
  return { dispose: () => end.abort() };
}

async function follow(wire: Wire, listener: Listener, signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      const stream = await openEvents(wire, signal);
      if (failures > 0) listener('changed');
      failures = 0;
      await readEvents(stream, listener, signal);
      throw new Error('the engine ended the stream of events');
    } catch (error) {
      if (signal.aborted) return;
      if (failures === 0) {
        wire.log(`events: ${toFailure(error).message}`);
        listener('lost');
      }
      await pause(backOffMs[Math.min(failures, backOffMs.length - 1)]!, signal);
      failures++;
    }
  }
}

async function openEvents(wire: Wire, signal: AbortSignal): Promise<Readable> {
  const filters = { type: ['volume', 'container'] };
  const stream = await wire.call((docker, abortSignal) => docker.getEvents({ filters, abortSignal } as object), {
    signal,
    timeoutMs: timeouts.read,
  });
  return stream as Readable;
}

async function readEvents(stream: Readable, listener: Listener, signal: AbortSignal): Promise<void> {
  const destroy = () => stream.destroy();
  signal.addEventListener('abort', destroy, { once: true });
  stream.on('error', () => {}); // ends the lines, and is thrown below
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      if (matters(line)) listener('changed');
    }
    if (stream.errored) throw stream.errored;
  } finally {
    signal.removeEventListener('abort', destroy);
    stream.destroy();
  }
}

/** When volumes are pruned there is no `destroy`, only `prune`. Of our own containers only the end is of interest. */
export function matters(line: string): boolean {
  try {
    const event = asRecord(JSON.parse(line));
    const action = asText(event['Action']) || asText(event['status']);
    if (action === '' || noise.test(action)) return false;
    const ours = label.role in asRecord(asRecord(event['Actor'])['Attributes']);
    return !ours || action === 'destroy' || action === 'remove';
  } catch {
    return false;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
