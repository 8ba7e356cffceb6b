import type { CompletedPart } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import * as os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Upload } from '../../core/backup/destination';
import { Cancelled, Failure, isFailure, throwIfCancelled } from '../../core/failure';
import type { Bucket } from './bucket';
import { isPassing } from './explain';
import { bytesInMemory, maxParts, partBytes, partsUnderWay } from './parts';

const never = new AbortController().signal;

/** In the metadata of our objects: which upload made this one. */
const madeBy = 'volumes-for-docker-upload';

/** How long is waited at its end for what is cleared away: that goes on behind, and who has cancelled is not to wait. */
const farewellMs = 1_000;
/** Between two looks at what a storage may still be making. */
const unclearPauseMs = 1_000;

interface Found {
  isOurs: boolean;
  bytes: number | undefined;
}

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
  private partBytes = partBytes();
  /** Made when there is something to put into it. */
  private part = Buffer.alloc(0);
  private filled = 0;
  private problem: Error | undefined;
  private committing: Promise<void> | undefined;
  /** The storage may still be making one object of the parts. */
  private isUnclear = false;
  private isKept = false;

  constructor(
    private readonly bucket: Bucket,
    private readonly name: string,
    private readonly signal: AbortSignal,
  ) {
    this.ended = AbortSignal.any([signal, this.ending.signal]);
  }

  expect(atMost: number): void {
    const bytes = partBytes(atMost);
    if (bytesInMemory(bytes) > os.totalmem() / 4) throw this.tooLarge(atMost);
    if (this.bytes === 0) this.partBytes = bytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      this.throwIfEnded();
      // Not as soon as it is full: it may be all there is, and go in one request.
      if (this.filled === this.partBytes) await this.sendPart();
      if (this.part.length === 0) this.part = Buffer.allocUnsafe(this.partBytes);
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
      await this.sendPart();
      await Promise.all(this.underWay);
      this.throwIfEnded();
    }
    // What it comes to is seen to at the end, whoever still waits for it.
    this.committing = this.commit();
    await orCancelled(this.committing, this.signal);
    this.isKept = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isKept) return;
    this.ending.abort();
    // What is wrong with it has been said by whoever could not write; what stays, `removeLeftovers` finds.
    const cleared = this.clear().catch(() => {});
    await Promise.race([cleared, sleep(farewellMs, undefined, { ref: false })]);
  }

  private async clear(): Promise<void> {
    // A part that arrives after the upload was forgotten would stay.
    const cut = this.underWay.size > 0;
    await Promise.all(this.underWay);
    const isThere = await this.committing?.then(
      () => true,
      () => false,
    );
    if (isThere) return await this.remove();
    // Some storages that forget an upload while they complete it end with an object without its bytes (ceph/ceph#60771).
    if (this.begun && !this.isUnclear) await this.forget(await this.begun, cut);
  }

  private tooLarge(bytes: number): Failure {
    const size = `${Math.ceil(bytes / 1024 ** 3)} GiB`;
    const reason = `object storage takes a file in at most ${maxParts} parts, and for ${size} parts would be too large for the memory of this machine`;
    return new Failure('destinationNotWritable', { file: this.bucket.addressOf(this.name), reason });
  }

  private throwIfEnded(): void {
    throwIfCancelled(this.signal);
    if (this.problem !== undefined) throw this.problem;
  }

  /** Waits until another part may go on its way, so that no more than those are in memory. */
  private async sendPart(): Promise<void> {
    while (this.underWay.size >= partsUnderWay(this.partBytes)) await Promise.race(this.underWay);
    this.throwIfEnded();
    if (this.count === maxParts) throw this.tooLarge(this.bytes);
    const number = ++this.count;
    const sending = this.putPart(number, this.part.subarray(0, this.filled))
      .catch((error: Error) => {
        this.problem ??= error;
        this.ending.abort();
      })
      .finally(() => this.underWay.delete(sending));
    this.underWay.add(sending);
    this.part = Buffer.alloc(0);
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

  /** The last request, not cancelled for the same reason. */
  private async commit(): Promise<void> {
    const found = await (this.count === 0 ? this.putWhole() : this.complete()).then(
      () => this.look().catch(unlessHidden),
      (error: Error) => this.lookAfter(error),
    );
    if (found === undefined || found.bytes === this.bytes) return;
    if (found.isOurs) await this.remove();
    const reason = `${found.bytes} bytes are there instead of ${this.bytes}`;
    throw new Failure('destinationNotWritable', { file: this.bucket.addressOf(this.name), reason });
  }

  /**
   * When the last answer is lost, or an attempt was not the first and finds everything done, the object itself says whose it
   * is; but it may take its time to be there.
   */
  private async lookAfter(error: Error): Promise<Found> {
    this.isUnclear = isPassing(error);
    const until = Date.now() + (this.isUnclear && this.count > 0 ? this.bucket.timeouts.unclearMs : 0);
    for (;;) {
      const found = await this.look().catch(() => undefined);
      if (found?.isOurs) return found;
      if (Date.now() >= until) throw error;
      await sleep(unclearPauseMs);
    }
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
    const completion = { ...this.object(), UploadId, MultipartUpload: { Parts: this.parts } };
    await this.bucket.request(
      'write',
      this.name,
      never,
      (s3, sdk, options) => s3.send(new sdk.CompleteMultipartUploadCommand(completion), options),
      this.bucket.timeouts.completeMs,
    );
  }

  private async look(): Promise<Found> {
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

/** Keys may be made for writing only, and what has been said to be done is done. */
function unlessHidden(error: Error): undefined {
  if (!isFailure(error, 'destinationRefused', 'destinationNotReached')) throw error;
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
