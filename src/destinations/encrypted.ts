import { isEncryptedName } from '../core/backup/backupName';
import type { Destination, ReadableFile, StoredFile, Upload } from '../core/backup/destination';
import { Failure } from '../core/failure';
import { EncryptedFile } from './age/file';
import { damaged, fileKeyOf, readHeader } from './age/header';
import type { Keys, Lock } from './age/keys';
import { EncryptedUpload } from './age/upload';

const noKeys: Keys = { identities: [], passphrases: [] };

/**
 * A destination whose files are encrypted in the format of age (https://age-encryption.org). With a lock, all that is written is;
 * without one, only what already is encrypted is decrypted. Listed are the files as they are stored, with their sizes there.
 */
export class Encrypted implements Destination {
  /** By header: of a passphrase it takes a second to find. */
  private readonly fileKeys = new Map<string, Uint8Array>();

  constructor(
    private readonly place: Destination,
    private readonly lock: Lock | undefined,
    private readonly keys = noKeys,
  ) {}

  /** The same, opened with these keys as well. */
  with({ identities, passphrases }: Keys): Encrypted {
    return new Encrypted(this.place, this.lock, {
      identities: [...identities, ...this.keys.identities],
      passphrases: [...passphrases, ...this.keys.passphrases],
    });
  }

  /** The same, opened with nothing but these keys. */
  withOnly(keys: Keys): Encrypted {
    return new Encrypted(this.place, this.lock, keys);
  }

  async create(name: string, signal: AbortSignal): Promise<Upload> {
    if (!this.lock && isEncryptedName(name)) {
      throw new Failure('destinationNotWritable', { file: name, reason: 'nothing says how it is to be encrypted' });
    }
    const begin = (until: AbortSignal) => this.place.create(name, until);
    return this.lock ? EncryptedUpload.create(name, this.lock, begin, signal) : begin(signal);
  }

  /** Rejects with backupLocked, too. */
  async open(name: string, signal: AbortSignal): Promise<ReadableFile> {
    const file = await this.place.open(name, signal);
    if (!isEncryptedName(name) && !this.lock) return file;
    try {
      const header = await readHeader(file, signal);
      if (header) return await EncryptedFile.open(file, header, await this.fileKeyOf(file, header), signal);
      if (isEncryptedName(name)) throw damaged(file, 'it is not encrypted');
      // From before the destination had a lock.
      return file;
    } catch (error) {
      await file[Symbol.asyncDispose]();
      throw error;
    }
  }

  list(signal: AbortSignal): AsyncIterable<StoredFile> {
    return this.place.list(signal);
  }

  removeLeftovers(before: Date, signal: AbortSignal): Promise<void> {
    return this.place.removeLeftovers(before, signal);
  }

  remove(name: string, signal: AbortSignal): Promise<void> {
    return this.place.remove(name, signal);
  }

  private async fileKeyOf(file: ReadableFile, header: Buffer): Promise<Uint8Array> {
    const of = header.toString('latin1');
    const key = this.fileKeys.get(of) ?? (await fileKeyOf(file, header, this.keys));
    this.fileKeys.set(of, key);
    return key;
  }
}
