/**
 * Frames: u32 LE length of the header, u32 LE length of the payload, the header as JSON, the payload.
 * A stream that ends between two frames ends `readFrames`; one that is cut inside a frame makes it throw.
 */
export interface Frame<H> {
  header: H;
  payload: Buffer;
}

const prefixBytes = 8;
/** Lengths above these are not ours but noise on the line (a shell's banner, a stack trace). */
const headerLimit = 64 * 1024 * 1024;
const payloadLimit = 256 * 1024 * 1024;

const nothing = Buffer.alloc(0);

export function encodeFrame(header: unknown, payload: Uint8Array = nothing): Buffer {
  const json = Buffer.from(JSON.stringify(header), 'utf8');
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32LE(json.length, 0);
  prefix.writeUInt32LE(payload.length, 4);
  return Buffer.concat([prefix, json, payload]);
}

export async function* readFrames<H>(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Frame<H>> {
  const pending = new Pending();
  for await (const chunk of chunks) {
    pending.push(chunk);
    for (let frame = takeFrame<H>(pending); frame; frame = takeFrame<H>(pending)) yield frame;
  }
  if (pending.length > 0) throw new Error(`the stream ended inside a frame, ${pending.length} bytes in`);
}

function takeFrame<H>(pending: Pending): Frame<H> | undefined {
  const prefix = pending.peek(prefixBytes);
  if (!prefix) return undefined;
  const headerBytes = prefix.readUInt32LE(0);
  const payloadBytes = prefix.readUInt32LE(4);
  if (headerBytes > headerLimit || payloadBytes > payloadLimit) throw new Error('not a frame: lengths out of range');
  const whole = pending.take(prefixBytes + headerBytes + payloadBytes);
  if (!whole) return undefined;
  const json = whole.toString('utf8', prefixBytes, prefixBytes + headerBytes);
  return { header: JSON.parse(json) as H, payload: whole.subarray(prefixBytes + headerBytes) };
}

/** Bytes that arrived and are not yet part of a frame; joined only when a whole frame is there. */
class Pending {
  length = 0;
  private chunks: Buffer[] = [];

  push(chunk: Uint8Array): void {
    this.chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.length += chunk.byteLength;
  }

  peek(bytes: number): Buffer | undefined {
    if (this.length < bytes) return undefined;
    const [first] = this.chunks;
    return first && first.length >= bytes ? first : this.join();
  }

  take(bytes: number): Buffer | undefined {
    if (this.length < bytes) return undefined;
    const all = this.join();
    this.length -= bytes;
    this.chunks = this.length > 0 ? [all.subarray(bytes)] : [];
    return all.subarray(0, bytes);
  }

  private join(): Buffer {
    const all = this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks);
    this.chunks = [all];
    return all;
  }
}
