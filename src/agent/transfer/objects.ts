import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import type { Extent } from '../../core/archive/sparseMap';
import type { Entry } from '../../core/entry';
import { ObjectSet } from '../../core/objectSet';
import { hasObject } from '../../core/recorded';
import { objectParts } from '../../core/storeLayout';
import type { Pace } from '../pace';

/** One buffer for all content: whoever takes a piece is done with it before the next one is asked for. */
const buffer = Buffer.allocUnsafe(1024 * 1024);

/** Of each object that entries name, the first entry; whoever has the same entries counts them alike. */
export function firstOfObjects(entries: readonly Entry[]): Entry[] {
  const seen = new ObjectSet();
  return entries.filter((entry) => {
    if (!hasObject(entry) || seen.has(entry.object!)) return false;
    const { snapshot, number } = objectParts(entry.object!);
    seen.add(snapshot, number);
    return true;
  });
}

/** The data of an open object, piece by piece, without its holes. */
export function* piecesOf(handle: number, extents: readonly Extent[]): Generator<Buffer, void, undefined> {
  for (const [start, end] of extents) {
    for (let at = start; at < end;) {
      const read = fs.readSync(handle, buffer, 0, Math.min(buffer.length, end - at), at);
      if (read === 0) throw new Error('it ends early');
      yield buffer.subarray(0, read);
      at += read;
    }
  }
}

/** What tells content apart: its data, and where that is in the file. */
export class Digest {
  private readonly hash = createHash('sha256');

  constructor(size: number, extents: readonly Extent[]) {
    this.hash.update(JSON.stringify([size, extents]));
  }

  add(piece: Buffer): void {
    this.hash.update(piece);
  }

  finish(): string {
    return this.hash.digest('base64');
  }
}

export async function digestOf(handle: number, size: number, extents: readonly Extent[], pace: Pace): Promise<string> {
  const digest = new Digest(size, extents);
  for (const piece of piecesOf(handle, extents)) {
    digest.add(piece);
    if (pace.dueNow()) await pace.turn();
  }
  return digest.finish();
}

/** Of a file without holes. */
export function wholeOf(size: number): Extent[] {
  return size > 0 ? [[0, size]] : [];
}
