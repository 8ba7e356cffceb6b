import { setTimeout as sleep } from 'node:timers/promises';
import { Cancelled, Failure, isFailure } from '../core/failure';

/** How often in a row it is asked for the rest of an answer that ended early, when nothing more comes. */
const tries = 4;
const pauseMs = 500;

/** A file that is asked for over HTTP by range. */
export interface Ranges {
  /** For people. */
  readonly destination: string;
  /** The answer to `Range: bytes=<start>-<end - 1>`; its body is closed when it is left. */
  ask(start: number, end: number): Promise<RangeAnswer>;
  /** As a Destination rejects. */
  explained(error: unknown): Error;
}

export interface RangeAnswer {
  status: number | undefined;
  contentRange: string | undefined;
  body: AsyncIterable<Uint8Array>;
}

/** What is asked for and nothing else, whatever is answered; where an answer ends early, the rest is asked for. */
export async function* readResuming(
  ranges: Ranges,
  start: number,
  end: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  let left = tries;
  for (let at = start; at < end;) {
    try {
      for await (const piece of part(ranges, at, end)) {
        if (signal.aborted) throw new Cancelled();
        at += piece.length;
        left = tries;
        yield piece;
      }
      // An answer may end as if it were whole: what counts is what has come.
      if (at < end) throw notReached(ranges, `the answer ended at byte ${at} of ${end}`);
    } catch (cause) {
      if (signal.aborted) throw new Cancelled();
      const error = ranges.explained(cause);
      if (!isFailure(error, 'destinationNotReached') || --left === 0) throw error;
      await sleep((tries - left) * pauseMs, undefined, { signal }).catch(() => {
        throw new Cancelled();
      });
    }
  }
}

async function* part(ranges: Ranges, start: number, end: number): AsyncGenerator<Uint8Array, void, undefined> {
  const { status, contentRange, body } = await ranges.ask(start, end);
  // Nobody need give parts (RFC 9110, 14.2); then it is all of it.
  const first = status === 206 ? Number(/^bytes (\d+)-/.exec(contentRange ?? '')?.[1]) : 0;
  let at = first;
  for await (const piece of body) {
    // Here, so that the body is closed.
    if (!(first <= start)) throw notReached(ranges, `it was asked for byte ${start}, and answered with others`);
    const wanted = piece.subarray(Math.max(0, start - at), Math.max(0, end - at));
    at += piece.length;
    if (wanted.length > 0) yield wanted;
    if (at >= end) return;
  }
}

function notReached({ destination }: Ranges, reason: string): Failure {
  return new Failure('destinationNotReached', { destination, reason });
}
