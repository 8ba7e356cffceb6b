import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadableFile } from '../../core/backup/destination';
import { Cancelled, Failure } from '../../core/failure';
import { isPassing } from './explain';
import { NoRegistry } from './http';
import type { Repository } from './repository';

/** How often in a row it is asked for the rest of an answer that ended early, when nothing more comes. */
const tries = 4;
const pauseMs = 500;

/** What its digest says: nothing else can take its place. */
export class StoredBlob implements ReadableFile {
  constructor(
    private readonly repository: Repository,
    private readonly name: string,
    private readonly digest: string,
    readonly bytes: number,
  ) {}

  get address(): string {
    return this.repository.addressOf(this.name);
  }

  async *read(start: number, end: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const until = Math.min(end, this.bytes);
    const isWhole = start === 0 && until === this.bytes;
    const hash = createHash('sha256');
    let left = tries;
    for (let at = start; at < until;) {
      try {
        for await (const piece of this.answer(at, until, signal)) {
          if (signal.aborted) throw new Cancelled();
          if (isWhole) hash.update(piece);
          at += piece.length;
          left = tries;
          yield piece;
        }
        // An answer may end as if it were whole: what counts is what has come.
        if (at < until) throw this.endedEarly(at, until);
      } catch (cause) {
        if (signal.aborted) throw new Cancelled();
        const error = this.repository.explained(cause, { kind: 'read', file: this.name });
        if (!isPassing(error) || --left === 0) throw error;
        await sleep((tries - left) * pauseMs, undefined, { signal }).catch(() => {
          throw new Cancelled();
        });
      }
    }
    if (isWhole && `sha256:${hash.digest('hex')}` !== this.digest) {
      throw new Failure('backupNotReadable', { file: this.address, reason: 'it is not what its digest says' });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  private endedEarly(at: number, until: number): Failure {
    const reason = `the answer ended at byte ${at} of ${until}`;
    return new Failure('destinationNotReached', { destination: this.repository.addressOf(), reason });
  }

  private async *answer(start: number, end: number, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
    const request = { kind: 'read', method: 'GET', action: 'pull', file: this.name, signal } as const;
    const headers = { range: `bytes=${start}-${end - 1}` };
    const body = await this.repository.askOnce({
      ...request,
      at: `/blobs/${this.digest}`,
      headers,
      expect: [200, 206],
    });
    try {
      yield* part(body, firstByteOf(body), start, end);
    } finally {
      // Left early, its connection is closed.
      body.destroy();
    }
  }
}

/** Registries need not give parts; then it is all of it. */
function firstByteOf({ statusCode, headers }: IncomingMessage): number {
  return statusCode === 206 ? Number(/^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1]) : 0;
}

async function* part(body: AsyncIterable<unknown>, first: number, start: number, end: number) {
  let at = first;
  if (!(at <= start)) throw new NoRegistry();
  for await (const piece of body as AsyncIterable<Buffer>) {
    const wanted = piece.subarray(Math.max(0, start - at), Math.max(0, end - at));
    at += piece.length;
    if (wanted.length > 0) yield wanted;
    if (at >= end) return;
  }
}
