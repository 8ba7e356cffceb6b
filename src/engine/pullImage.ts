import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { asRecord, asText, asNumber } from './wire/read';
import { timeouts, type Wire } from './wire';
import { Cancelled, throwIfCancelled } from '../core/failure';

export interface PullProgress {
  image: string;
  /** Of the layers known so far. */
  bytes: number;
  totalBytes: number;
}

/** A pull that says nothing for this long is given up. */
const silenceLimitMs = 90_000;

/** Pulls an image without credentials. Rejects with the engine's words when it cannot. */
export async function pullImage(
  wire: Wire,
  image: string,
  onProgress: (progress: PullProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  throwIfCancelled(signal);
  const reference = /[@:][^/]+$/.test(image) ? image : `${image}:latest`;
  const stream = await wire.call((docker, abortSignal) => docker.createImage({ fromImage: reference, abortSignal }), {
    signal,
    timeoutMs: timeouts.change,
  });
  const answer = stream as Readable;
  const cancel = () => answer.destroy(new Cancelled());
  const silent = setTimeout(() => answer.destroy(new Error('the registry stopped answering')), silenceLimitMs);
  signal.addEventListener('abort', cancel, { once: true });
  const layers = new Map<string, { bytes: number; totalBytes: number }>();
  try {
    answer.on('error', () => {}); // readline ends without a word; the error is looked up below
    for await (const line of createInterface({ input: answer, crlfDelay: Infinity })) {
      silent.refresh();
      const event = asRecord(parse(line));
      if (event['error']) throw new Error(asText(event['error']));
      const detail = asRecord(event['progressDetail']);
      if (detail['total'] && event['status'] === 'Downloading') {
        layers.set(asText(event['id']), { bytes: asNumber(detail['current']), totalBytes: asNumber(detail['total']) });
        onProgress({ image, ...sum([...layers.values()]) });
      }
    }
    if (answer.errored) throw answer.errored;
  } finally {
    clearTimeout(silent);
    signal.removeEventListener('abort', cancel);
    answer.destroy();
  }
}

function sum(layers: { bytes: number; totalBytes: number }[]): { bytes: number; totalBytes: number } {
  return {
    bytes: layers.reduce((total, layer) => total + layer.bytes, 0),
    totalBytes: layers.reduce((total, layer) => total + layer.totalBytes, 0),
  };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
