import type { ReadableFile } from '../../core/backup/destination';
import { type RangeAnswer, type Ranges, readResuming } from '../resuming';
import type { Bucket } from './bucket';

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
    const ranges: Ranges = {
      destination: this.bucket.addressOf(),
      ask: (from, to) => this.ask(from, to, signal),
      explained: (error) => this.bucket.explained(error, 'read', this.name),
    };
    yield* readResuming(ranges, start, Math.min(end, this.bytes), signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  private async ask(start: number, end: number, signal: AbortSignal): Promise<RangeAnswer> {
    const { Body, ContentRange, $metadata } = await this.bucket.request('read', this.name, signal, (s3, sdk, options) =>
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
    const body = Body as AsyncIterable<Uint8Array>;
    return { status: $metadata.httpStatusCode, contentRange: ContentRange, body };
  }
}
