import type { ReadableFile } from '../../core/backup/destination';
import { throwIfCancelled } from '../../core/failure';
import { chunkBytes, chunksOf, lastChunkOf, nonceOf, placeOfChunks, plainBytes } from './chunks';
import { damaged, read } from './header';
import type * as age from './library';

const nonceBytes = 16;
/** What is given at once: each piece may cost a way to the engine and back. */
const piece = 8;

/** The plaintext of an encrypted file, of which only what is asked for is read. */
export class EncryptedFile implements ReadableFile {
  /** Its last chunk: what is read first of a backup is its end. */
  private tail: Uint8Array = Buffer.alloc(0);

  private constructor(
    private readonly file: ReadableFile,
    private readonly start: number,
    readonly bytes: number,
    private readonly decrypt: (chunk: number, isLast: boolean, sealed: Uint8Array) => Uint8Array,
  ) {}

  /** Rejects with backupDamaged where its end is not there. */
  static async open(
    file: ReadableFile,
    header: Uint8Array,
    fileKey: Uint8Array,
    signal: AbortSignal,
  ): Promise<EncryptedFile> {
    const start = header.length + nonceBytes;
    const bytes = plainBytes(file.bytes - start);
    if (bytes === undefined) throw damaged(file, 'it is cut off');
    const nonce = Buffer.concat(await read(file, header.length, start, signal));
    const opened = new EncryptedFile(file, start, bytes, decryption(await import('./library'), fileKey, nonce));
    // What was cut off, also between two chunks, has no last chunk any more.
    const last = lastChunkOf(bytes);
    for await (const plain of opened.chunks(last, last + 1, signal)) opened.tail = plain;
    return opened;
  }

  get address(): string {
    return this.file.address;
  }

  async *read(start: number, end: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const until = Math.min(end, this.bytes);
    if (start >= until) return;
    const first = Math.floor(start / chunkBytes);
    let at = first * chunkBytes;
    if (first === lastChunkOf(this.bytes)) {
      throwIfCancelled(signal);
      yield this.tail.subarray(start - at, until - at);
      return;
    }
    let parts: Uint8Array[] = [];
    for await (const chunk of this.chunks(first, Math.ceil(until / chunkBytes), signal)) {
      parts.push(chunk.subarray(Math.max(0, start - at), until - at));
      at += chunk.length;
      if (parts.length < piece && at < until) continue;
      yield Buffer.concat(parts);
      parts = [];
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.file[Symbol.asyncDispose]();
  }

  private async *chunks(from: number, to: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const { start, end } = placeOfChunks(from, to, this.file.bytes - this.start);
    const last = lastChunkOf(this.bytes);
    let chunk = from;
    for await (const sealed of chunksOf(this.file.read(this.start + start, this.start + end, signal))) {
      throwIfCancelled(signal);
      let plain: Uint8Array;
      try {
        plain = this.decrypt(chunk, chunk === last, sealed);
      } catch (cause) {
        throw damaged(this.file, 'it cannot be decrypted: something of it is missing or was changed', cause);
      }
      chunk++;
      yield plain;
    }
    // It has become shorter meanwhile.
    if (chunk !== to) throw damaged(this.file, 'it is cut off');
  }
}

function decryption({ chacha20poly1305, hkdf, sha256 }: typeof age, fileKey: Uint8Array, nonce: Uint8Array) {
  const key = hkdf(sha256, fileKey, nonce, Buffer.from('payload'), 32);
  return (chunk: number, isLast: boolean, sealed: Uint8Array): Uint8Array =>
    chacha20poly1305(key, nonceOf(chunk, isLast)).decrypt(sealed);
}
