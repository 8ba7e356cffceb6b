import { promisify } from 'node:util';
import * as zlib from 'node:zlib';

const compress = promisify(zlib.zstdCompress) as (bytes: Uint8Array, options: zlib.ZstdOptions) => Promise<Buffer>;

/** Of the input of each frame, unless it is said: large enough to compress as well as one long frame, to a percent or so. */
const usualInputBytes = 4 * 1024 * 1024;
/** Frames that are being made at a time, each by a thread of its own. */
const inFlight = 4;

interface FrameOptions {
  level: number;
  frameInputBytes?: number;
  onInput: (block: Buffer) => void;
  /** Is given what nothing goes on without. */
  wait: (frame: Promise<Buffer>) => Promise<Buffer>;
}

/**
 * Bytes as independent zstd frames, in order, made beside one another on the thread pool. Each by a call of its own: with
 * ZSTD_c_nbWorkers Node 22 and 24 write damaged data. A piece is copied before the next one is asked for.
 */
export async function* zstdFrames(
  pieces: Iterable<Buffer>,
  { level, frameInputBytes = usualInputBytes, onInput, wait }: FrameOptions,
): AsyncGenerator<Buffer, void, undefined> {
  const options = {
    params: { [zlib.constants.ZSTD_c_compressionLevel]: level, [zlib.constants.ZSTD_c_checksumFlag]: 1 },
  };
  const free: Buffer[] = [];
  const made: Promise<Buffer>[] = [];
  const begin = (block: Buffer, bytes: number) => {
    const input = block.subarray(0, bytes);
    onInput(input);
    const frame = compress(input, options).finally(() => free.push(block));
    frame.catch(() => {}); // seen when it is waited for
    made.push(frame);
  };
  const take = () => free.pop() ?? Buffer.allocUnsafeSlow(frameInputBytes);

  let block = take();
  let used = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      const copied = piece.copy(block, used, at);
      at += copied;
      used += copied;
      if (used < frameInputBytes) continue;
      begin(block, used);
      used = 0;
      if (made.length >= inFlight) yield await wait(made.shift()!);
      block = take();
    }
  }
  if (used > 0) begin(block, used);
  for (const frame of made) yield await wait(frame);
}
