import type { MultipartUpload, _Object } from '@aws-sdk/client-s3';
import { readBackupName } from '../core/backup/backupName';
import type { Destination, ReadableFile, StoredFile, Upload } from '../core/backup/destination';
import { Failure, isFailure, throwIfCancelled } from '../core/failure';
import { Bucket, type ObjectStorageConfig, type Timeouts } from './s3/bucket';
import { StoredObject } from './s3/object';
import { ObjectUpload } from './s3/upload';

export type { ObjectStorageConfig };

/** A bucket of Amazon S3, or of a storage that speaks its protocol, or what is below a prefix in it. */
export class ObjectStorage implements Destination {
  private readonly bucket: Bucket;

  constructor(config: ObjectStorageConfig, timeouts?: Partial<Timeouts>) {
    this.bucket = new Bucket(config, timeouts);
  }

  /** Asks first whether the bucket is there, for until the first part is full much may have been packed. */
  async create(name: string, signal: AbortSignal): Promise<Upload> {
    try {
      await this.bucket.request('write', name, signal, (s3, sdk, options) =>
        s3.send(new sdk.ListObjectsV2Command({ ...this.place(), MaxKeys: 1 }), options),
      );
    } catch (error) {
      // Keys may be made for writing only. Those that are wrong are refused by other names.
      if (!isFailure(error, 'destinationRefused') || !error.details.reason.startsWith('AccessDenied')) throw error;
    }
    return new ObjectUpload(this.bucket, name, signal);
  }

  async *list(signal: AbortSignal): AsyncGenerator<StoredFile, void, undefined> {
    for await (const { Key = '', Size = 0, LastModified } of this.objects(signal)) {
      throwIfCancelled(signal);
      const name = this.bucket.nameOf(Key);
      // An empty name: what some programs put where they show a folder.
      if (name && LastModified) yield { name, bytes: Size, modified: LastModified };
    }
  }

  open(name: string, signal: AbortSignal): Promise<ReadableFile> {
    return StoredObject.open(this.bucket, name, signal);
  }

  async remove(name: string, signal: AbortSignal): Promise<void> {
    await this.bucket.request('write', name, signal, (s3, sdk, options) =>
      s3.send(new sdk.DeleteObjectCommand({ Bucket: this.bucket.name, Key: this.bucket.keyOf(name) }), options),
    );
  }

  /** Only those of backups: their parts are in no list, and cost money. The other uploads are of other programs. */
  async removeLeftovers(before: Date, signal: AbortSignal): Promise<void> {
    for await (const upload of this.unfinished(signal)) {
      const { Key, UploadId } = upload;
      if (!Key || !readBackupName(this.bucket.nameOf(Key)) || (await this.lastWorkedAt(upload, signal)) >= before)
        continue;
      await this.bucket.request('write', '', signal, (s3, sdk, options) =>
        s3.send(new sdk.AbortMultipartUploadCommand({ Bucket: this.bucket.name, Key, UploadId }), options),
      );
    }
  }

  private async *objects(signal: AbortSignal): AsyncGenerator<_Object, void, undefined> {
    for (let ContinuationToken: string | undefined, more = true; more;) {
      const page = await this.bucket.request('read', '', signal, (s3, sdk, options) =>
        s3.send(new sdk.ListObjectsV2Command({ ...this.place(), ContinuationToken, EncodingType: 'url' }), options),
      );
      // Not every storage does what it is asked: in names as they are, a percent sign is one.
      const decode = page.EncodingType === 'url' ? decodeKey : (key: string) => key;
      for (const { Key = '', ...object } of page.Contents ?? []) yield { ...object, Key: decode(Key) };
      ContinuationToken = page.NextContinuationToken;
      more = this.isMore(page.IsTruncated, ContinuationToken);
    }
  }

  private async *unfinished(signal: AbortSignal): AsyncGenerator<MultipartUpload, void, undefined> {
    for (let KeyMarker: string | undefined, UploadIdMarker: string | undefined, more = true; more;) {
      const page = await this.bucket.request('read', '', signal, (s3, sdk, options) =>
        s3.send(new sdk.ListMultipartUploadsCommand({ ...this.place(), KeyMarker, UploadIdMarker }), options),
      );
      yield* page.Uploads ?? [];
      ({ NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page);
      more = this.isMore(page.IsTruncated, KeyMarker);
    }
  }

  private async lastWorkedAt({ Key, UploadId, Initiated }: MultipartUpload, signal: AbortSignal): Promise<Date> {
    let last = Initiated ?? new Date();
    for (let PartNumberMarker: string | undefined, more = true; more;) {
      const page = await this.bucket.request('read', '', signal, (s3, sdk, options) =>
        s3.send(new sdk.ListPartsCommand({ Bucket: this.bucket.name, Key, UploadId, PartNumberMarker }), options),
      );
      for (const { LastModified } of page.Parts ?? []) if (LastModified && LastModified > last) last = LastModified;
      PartNumberMarker = page.NextPartNumberMarker;
      more = this.isMore(page.IsTruncated, PartNumberMarker);
    }
    return last;
  }

  /** Of a list. One that is cut and does not say where it goes on is none: what is missing in it would be taken for gone. */
  private isMore(isCut: boolean | undefined, next: string | undefined): boolean {
    if (!isCut || next) return isCut === true;
    const reason = 'its list is cut, and does not say where it goes on';
    throw new Failure('destinationNotReached', { destination: this.bucket.addressOf(), reason });
  }

  private place(): { Bucket: string; Prefix: string; Delimiter: string } {
    return { Bucket: this.bucket.name, Prefix: this.bucket.keyOf(), Delimiter: '/' };
  }
}

/** The encoding of forms, in which a list is asked for: XML has not all characters that a key may have. */
function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}
