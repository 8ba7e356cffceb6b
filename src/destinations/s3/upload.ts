import type { CompletedPart } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Upload } from '../../core/backup/destination';
import { Cancelled, Failure, throwIfCancelled } from '../../core/failure';
import type { Bucket } from './bucket';
import { maxParts, partBytes, partsUnderWay } from './parts';

const never = new AbortController().signal;

/** In the metadata of our objects: which upload made this one. */
const madeBy = 'volumes-for-docker-upload';

/** How long is waited at its end for a storage to forget an upload; it goes on trying for as long as we live. */
const farewellMs = 10_000;

/**
 * An object, which a storage shows when the last request for it is done. What fits in one part is put in one request, what is
 * larger in parts, of which a few are on their way while the next one is gathered.
 */
export class ObjectUpload implements Upload {
  bytes = 0;
  private readonly id = randomUUID();
  private readonly parts: CompletedPart[] = [];
  /** They never reject: what went wrong is the problem. */
  private readonly underWay = new Set<Promise<void>>();
  private readonly ending = new AbortController();
  private readonly ended: AbortSignal;
  private begun: Promise<string> | undefined;
  private count = 0;
  private part = Buffer.allocUnsafe(partBytes(1));
  private filled = 0;
  private problem: Error | undefined;
  private isKept = false;

  constructor(
    private readonly bucket: Bucket,
    private readonly name: string,
    private readonly signal: AbortSignal,
  ) {
    this.ended = AbortSignal.any([signal, this.ending.signal]);
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      this.throwIfEnded();
      // Not as soon as it is full: it may be all there is, and go in one request.
      if (this.filled === this.part.length) await this.sendPart();
      const some = bytes.subarray(at, at + this.part.length - this.filled);
      this.part.set(some, this.filled);
      this.filled += some.length;
      this.bytes += some.length;
      at += some.length;
    }
  }

  async keep(): Promise<void> {
    this.throwIfEnded();
    if (this.count > 0) {
      await this.sendPart(false);
      await Promise.all(this.underWay);
      this.throwIfEnded();
    }
    await this.commit();
    this.isKept = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isKept) return;
    this.ending.abort();
    // A part that arrives after the upload was forgotten would stay.
    const cut = this.underWay.size > 0;
    await Promise.all(this.underWay);
    const { begun } = this;
    if (begun === undefined) return;
    // What is wrong with it has been said by whoever could not write; what stays, `removeLeftovers` finds.
    const forgotten = begun.then((id) => this.forget(id, cut)).catch(() => {});
    await Promise.race([forgotten, sleep(farewellMs, undefined, { ref: false })]);
  }

  private throwIfEnded(): void {
    throwIfCancelled(this.signal);
    if (this.problem !== undefined) throw this.problem;
  }

  /** Waits until another part may go on its way, so that no more than those are in memory. */
  private async sendPart(more = true): Promise<void> {
    while (this.underWay.size >= partsUnderWay(this.part.length)) await Promise.race(this.underWay);
    this.throwIfEnded();
    if (this.count === maxParts) throw new Failure('destinationFull', { file: this.bucket.addressOf(this.name) });
    const number = ++this.count;
    const sending = this.putPart(number, this.part.subarray(0, this.filled))
      .catch((error: Error) => {
        this.problem ??= error;
        this.ending.abort();
      })
      .finally(() => this.underWay.delete(sending));
    this.underWay.add(sending);
    this.part = Buffer.allocUnsafe(more ? partBytes(number + 1) : 0);
    this.filled = 0;
  }

  private async putPart(PartNumber: number, Body: Buffer): Promise<void> {
    const UploadId = await orCancelled((this.begun ??= this.begin()), this.ended);
    const { ETag, ChecksumCRC32 } = await this.bucket.request('write', this.name, this.ended, (s3, sdk, options) =>
      s3.send(new sdk.UploadPartCommand({ ...this.object(), UploadId, PartNumber, Body }), options),
    );
    this.parts[PartNumber - 1] = { PartNumber, ETag, ChecksumCRC32 };
  }

  /** Not cancelled: an upload whose id nobody knows could not be taken back. */
  private async begin(): Promise<string> {
    const { UploadId } = await this.bucket.request('write', this.name, never, (s3, sdk, options) =>
      s3.send(
        new sdk.CreateMultipartUploadCommand({ ...this.object(), ...this.mark(), ChecksumAlgorithm: 'CRC32' }),
        options,
      ),
    );
    return UploadId ?? '';
  }

  /**
   * The last request, not cancelled for the same reason. When its answer is lost, or an attempt was not the first and finds
   * everything done, the object itself says whose it is.
   */
  private async commit(): Promise<void> {
    try {
      await (this.count === 0 ? this.putWhole() : this.complete());
    } catch (error) {
      const found = await this.look().catch(() => undefined);
      if (!found?.isOurs) throw error;
    }
    const { isOurs, bytes } = await this.look();
    if (bytes === this.bytes) return;
    if (isOurs) await this.remove();
    const reason = `${bytes} bytes are there instead of ${this.bytes}`;
    throw new Failure('destinationNotWritable', { file: this.bucket.addressOf(this.name), reason });
  }

  private async putWhole(): Promise<void> {
    const Body = this.part.subarray(0, this.filled);
    await this.bucket.request('write', this.name, never, (s3, sdk, options) =>
      s3.send(
        new sdk.PutObjectCommand({ ...this.object(), ...this.mark(), Body, ChecksumAlgorithm: 'CRC32' }),
        options,
      ),
    );
  }

  private async complete(): Promise<void> {
    const UploadId = await this.begun;
    const MultipartUpload = { Parts: this.parts };
    await this.bucket.request('write', this.name, never, (s3, sdk, options) =>
      s3.send(new sdk.CompleteMultipartUploadCommand({ ...this.object(), UploadId, MultipartUpload }), options),
    );
  }

  private async look(): Promise<{ isOurs: boolean; bytes: number | undefined }> {
    const { Metadata, ContentLength } = await this.bucket.request('write', this.name, never, (s3, sdk, options) =>
      s3.send(new sdk.HeadObjectCommand(this.object()), options),
    );
    return { isOurs: Metadata?.[madeBy] === this.id, bytes: ContentLength };
  }

  private async remove(): Promise<void> {
    await this.bucket.request('write', this.name, never, (s3, sdk, options) =>
      s3.send(new sdk.DeleteObjectCommand(this.object()), options),
    );
  }

  /** Twice where parts were cut off on their way: the storage may have been taking them in at the first time. */
  private async forget(UploadId: string, twice: boolean): Promise<void> {
    await this.bucket.request('write', this.name, never, (s3, sdk, options) =>
      s3.send(new sdk.AbortMultipartUploadCommand({ ...this.object(), UploadId }), options),
    );
    if (twice) await this.forget(UploadId, false);
  }

  private object(): { Bucket: string; Key: string } {
    return { Bucket: this.bucket.name, Key: this.bucket.keyOf(this.name) };
  }

  private mark(): { Metadata: Record<string, string> } {
    return { Metadata: { [madeBy]: this.id } };
  }
}

/** What is waited for goes on. */
async function orCancelled<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => (abort = () => reject(new Cancelled())));
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
