/** Bytes that arrive in pieces of any size, read in pieces of the reader's own. */
export class Pieces {
  private piece: Buffer = Buffer.alloc(0);
  private readonly iterator: AsyncIterator<Buffer>;

  constructor(source: AsyncIterable<Buffer>) {
    this.iterator = source[Symbol.asyncIterator]();
  }

  /** Exactly so many bytes, in one. Rejects where the source ends before that. For what is small. */
  async take(bytes: number): Promise<Buffer> {
    if (this.piece.length >= bytes) return this.cut(bytes);
    const parts: Buffer[] = [];
    for await (const part of this.each(bytes)) parts.push(part);
    return Buffer.concat(parts);
  }

  /** So many bytes as they come. */
  async *each(bytes: number): AsyncGenerator<Buffer, void, undefined> {
    for (let left = bytes; left > 0;) {
      if (this.piece.length === 0 && !(await this.more())) throw new Error('it ends too early');
      const part = this.cut(Math.min(left, this.piece.length));
      left -= part.length;
      yield part;
    }
  }

  /** All that is left, as it comes. */
  async *all(): AsyncGenerator<Buffer, void, undefined> {
    while (this.piece.length > 0 || (await this.more())) yield this.cut(this.piece.length);
  }

  /** Whether nothing comes any more. */
  async isAtEnd(): Promise<boolean> {
    return this.piece.length === 0 && !(await this.more());
  }

  /** To its end: only there a compressed stream proves itself. */
  async drain(): Promise<void> {
    do this.piece = Buffer.alloc(0);
    while (await this.more());
  }

  /** The first bytes, which stay to be read; fewer only at the end. */
  async peek(bytes: number): Promise<Buffer> {
    while (this.piece.length < bytes) {
      const next = await this.iterator.next();
      if (next.done) break;
      this.piece = Buffer.concat([this.piece, next.value]);
    }
    return this.piece.subarray(0, bytes);
  }

  private cut(bytes: number): Buffer {
    const part = this.piece.subarray(0, bytes);
    this.piece = this.piece.subarray(bytes);
    return part;
  }

  /** False at the end. */
  private async more(): Promise<boolean> {
    while (this.piece.length === 0) {
      const next = await this.iterator.next();
      if (next.done) return false;
      this.piece = next.value;
    }
    return true;
  }
}
