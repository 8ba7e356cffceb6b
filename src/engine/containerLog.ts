import type { Readable } from 'node:stream';
import { demux } from './demux';
import type { Wire } from './wire';
import { asRecord } from './wire/read';
import { statusOf } from './wireErrors';

/** A line may be of any length, and a container may write quicker than anyone reads. */
const keptBytes = 16 * 1024;

/** What a container has written to stdout and stderr, by `VolumeEngine.readLog`'s contract. */
export async function readLog(
  wire: Wire,
  id: string,
  { lines, since }: { lines: number; since?: string },
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const text = await wire.call((_, abortSignal) => tailOf(wire, id, { lines, since }, abortSignal), { signal });
    const written = text.trimEnd();
    return written === '' ? [] : written.split(/\r?\n/).slice(-lines);
  } catch (error) {
    // Some log drivers cannot be read (https://docs.docker.com/engine/logging/configure/), and the container may be gone.
    if (statusOf(error) !== undefined) return [];
    throw error;
  }
}

async function tailOf(
  wire: Wire,
  id: string,
  { lines, since }: { lines: number; since: string | undefined },
  abortSignal: AbortSignal,
): Promise<string> {
  const [stream, raw] = await Promise.all([openLog(wire, id, { lines, since }, abortSignal), hasTerminal(wire, id)]);
  abortSignal.addEventListener('abort', () => stream.destroy(), { once: true });
  let tail = Buffer.alloc(0);
  const keep = (bytes: Uint8Array) => void (tail = Buffer.from(Buffer.concat([tail, bytes]).subarray(-keptBytes)));
  if (raw) for await (const bytes of stream) keep(bytes as Buffer);
  else for await (const bytes of demux(stream, keep)) keep(bytes);
  return tail.toString();
}

function openLog(
  wire: Wire,
  id: string,
  { lines, since }: { lines: number; since: string | undefined },
  abortSignal: AbortSignal,
): Promise<Readable> {
  const query = { stdout: 1, stderr: 1, tail: lines, ...(since && { since: unixTime(since) }) };
  return new Promise((resolve, reject) => {
    wire.docker.modem.dial(
      {
        path: `/containers/${id}/logs?`,
        method: 'GET',
        options: query,
        isStream: true,
        statusCodes: { 200: true },
        abortSignal,
      },
      (error, answer) => (error ? reject(error) : resolve(answer as Readable)),
    );
  });
}

/** `1700000000.123456789`. JavaScript's own times would lose what comes after the milliseconds. */
function unixTime(iso: string): string {
  return `${Math.floor(Date.parse(iso) / 1000)}.${/\.(\d+)/.exec(iso)?.[1] ?? 0}`;
}

/** Then there is one stream, without headers. */
async function hasTerminal(wire: Wire, id: string): Promise<boolean> {
  const container = await wire.docker.getContainer(id).inspect();
  return asRecord(container.Config)['Tty'] === true;
}
