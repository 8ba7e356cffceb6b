import { createHash } from 'node:crypto';
import type { ReadableFile } from '../../core/backup/destination';
import { Failure } from '../../core/failure';
import { type RangeAnswer, type Ranges, readResuming } from '../resuming';
import type { Repository } from './repository';

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
    const ranges: Ranges = {
      destination: this.repository.addressOf(),
      ask: (from, to) => this.ask(from, to, signal),
      explained: (error) => this.repository.explained(error, { kind: 'read', file: this.name }),
    };
    for await (const piece of readResuming(ranges, start, until, signal)) {
      if (isWhole) hash.update(piece);
      yield piece;
    }
    if (isWhole && `sha256:${hash.digest('hex')}` !== this.digest) {
      throw new Failure('backupNotReadable', { file: this.address, reason: 'it is not what its digest says' });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  private async ask(start: number, end: number, signal: AbortSignal): Promise<RangeAnswer> {
    const request = { kind: 'read', method: 'GET', action: 'pull', file: this.name, signal } as const;
    const headers = { range: `bytes=${start}-${end - 1}` };
    const expect = [200, 206];
    const body = await this.repository.askOnce({ ...request, at: `/blobs/${this.digest}`, headers, expect });
    // Left early, it is closed, and with it the connection.
    return { status: body.statusCode, contentRange: body.headers['content-range'], body };
  }
}
