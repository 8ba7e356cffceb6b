import type { Waits } from '../../core/timings/waits';
import type { Pieces } from '../archive/pieces';
import { zstdFrames } from '../archive/zstdFrames';
import type { HostData } from '../hostData';
import type { Pace } from '../pace';

/** Small enough that progress and a cancel come in between. */
const pieceBytes = 512 * 1024;
/** What is on its way when a connection is cut has to come again, so that there is to be little of it. */
const frameInputBytes = 1024 * 1024;
/** The longest of them lists where a file with holes has data. */
const headerLimit = 64 * 1024 * 1024;

export type SendingStage = 'pack' | 'compress' | 'upload';

/** Sends pieces to the host as zstd frames, and no faster than they are taken. Each may be overwritten when the next one is asked for. */
export async function sendCompressed(
  pieces: Iterable<Buffer>,
  { level, data, waits }: { level: number; data: HostData; waits: Waits<SendingStage> },
  pace: Pace,
): Promise<void> {
  const wait = (frame: Promise<Buffer>) => waits.during('compress', () => frame);
  for await (const frame of zstdFrames(pieces, { level, frameInputBytes, onInput: () => {}, wait })) {
    for (let at = 0; at < frame.length; at += pieceBytes) {
      await pace.orCancelled(waits.during('upload', () => data.send(frame.subarray(at, at + pieceBytes))));
      await pace.turn();
    }
  }
}

/** Says what the bytes after it are. */
export function headerOf(value: unknown): Buffer {
  const json = Buffer.from(JSON.stringify(value));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json]);
}

/** Throws on what `headerOf` does not make. Who sent it is an agent of ours, so that its words are believed. */
export async function readHeader<T>(from: Pieces): Promise<T> {
  const bytes = (await from.take(4)).readUInt32LE();
  if (bytes > headerLimit) throw new Error('a header that is too long');
  return JSON.parse((await from.take(bytes)).toString()) as T;
}
