import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadableFile } from '../../core/backup/destination';
import { Cancelled, Failure } from '../../core/failure';
import type { Bucket } from './bucket';
import { isPassing } from './explain';

/** How often in a row it is asked for the rest of an answer that ended early, when nothing more comes. */
const tries = 4;
const pauseMs = 500;

/** As it was when it was opened: the storage is told to give this version or none. */
export class StoredObject implements ReadableFile {
  private constructor(
    private readonly bucket: Bucket,
    private readonly name: string,
    readonly bytes: number,
    private readonly version: string | undefined,
  ) {}

  static async open(bucket: Bucket, name: string, signal: AbortSignal): Promise<StoredObject> {
    const { ContentLength, ETag } = await bucket.request('read', name, signal, (s3, sdk, options) =>
      s3.send(new sdk.HeadObjectCommand({ Bucket: bucket.name, Key: bucket.keyOf(name) }), options),
    );
    return new StoredObject(bucket, name, ContentLength ?? 0, ETag);
  }

  get address(): string {
    return this.bucket.addressOf(this.name);
  }

  async *read(start: number, end: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const until = Math.min(end, this.bytes);
    let left = tries;
    for (let at = start; at < until;) {
      try {
        for await (const piece of this.answer(at, until, signal)) {
          if (signal.aborted) throw new Cancelled();
          at += piece.length;
          left = tries;
          yield piece;
        }
        // An answer may end as if it were whole: what counts is what has come.
        if (at < until) throw this.endedEarly(at, until);
      } catch (cause) {
        if (signal.aborted) throw new Cancelled();
        const error = this.bucket.explained(cause, 'read', this.name);
        if (!isPassing(error) || --left === 0) throw error;
        await pause((tries - left) * pauseMs, signal);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  private endedEarly(at: number, until: number): Failure {
    const reason = `the answer ended at byte ${at} of ${until}`;
    return new Failure('destinationNotReached', { destination: this.bucket.addressOf(), reason });
  }

  private async *answer(start: number, end: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const { Body } = await this.bucket.request('read', this.name, signal, (s3, sdk, options) =>
      s3.send(
        new sdk.GetObjectCommand({
          Bucket: this.bucket.name,
          Key: this.bucket.keyOf(this.name),
          Range: `bytes=${start}-${end - 1}`,
          IfMatch: this.version,
        }),
        options,
      ),
    );
    // In Node it is a stream; left early, it is closed, and with it the connection.
    yield* Body as AsyncIterable<Uint8Array>;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {
    throw new Cancelled();
  });
}
