import * as fs from 'node:fs/promises';
import type { Loss } from '../entry';
import { throwIfCancelled } from '../failure';
import { entryOf, notReadable, readable, walkFolder, walkItems, type Found } from './folderWalk';
import { encodeMember } from './member';
import { blockBytes, paddingAfter } from './ustar';

/** Large enough that the way to the engine costs little, small enough that little is in memory. */
const pieceBytes = 512 * 1024;

/** What is known of a folder before it is read. */
export interface FolderSize {
  files: number;
  bytes: number;
  losses: Loss[];
}

/** A look at all of a folder: rejects with folderNotReadable where something cannot even be looked at. */
export function measureFolder(folder: string, signal: AbortSignal): Promise<FolderSize> {
  return measure(walkFolder(folder, signal));
}

/** The same of files and folders side by side. */
export function measureItems(items: readonly string[], signal: AbortSignal): Promise<FolderSize> {
  return measure(walkItems(items, signal));
}

async function measure(all: ReturnType<typeof walkFolder>): Promise<FolderSize> {
  const size: FolderSize = { files: 0, bytes: 0, losses: [] };
  const seen = new Set<string>();
  for await (const found of all) {
    if ('leftOut' in found) {
      const [loss] = size.losses;
      if (loss) loss.count++;
      else size.losses.push({ kind: 'socket', count: 1, path: found.leftOut });
      continue;
    }
    const { entry, sameFile } = found;
    if (entry.type !== 'file' || (sameFile !== undefined && seen.has(sameFile))) continue;
    if (sameFile !== undefined) seen.add(sameFile);
    size.files++;
    size.bytes += entry.size;
  }
  return size;
}

/**
 * A folder of this machine as a tar, in pieces: names as bytes, owners, modes, times, symlinks and hard links as this machine says
 * them; extended attributes, which Node cannot read, are not in it. Rejects with folderNotReadable where something cannot be
 * read, or changes meanwhile. A piece is copied before the next one is asked for.
 */
export function tarOfFolder(folder: string, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  return inPieces(members(walkFolder(folder, signal), signal));
}

/** The same of files and folders side by side, each by its own name. */
export function tarOfItems(items: readonly string[], signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  return inPieces(members(walkItems(items, signal), signal));
}

async function* inPieces(parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const piece = Buffer.allocUnsafe(pieceBytes);
  let used = 0;
  for await (const part of parts) {
    for (let at = 0; at < part.length;) {
      const copied = part.copy(piece, used, at);
      at += copied;
      used += copied;
      if (used < pieceBytes) continue;
      yield piece;
      used = 0;
    }
  }
  yield piece.subarray(0, used);
}

async function* members(
  all: ReturnType<typeof walkFolder>,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  const firstNames = new Map<string, string>();
  for await (const found of all) {
    if ('leftOut' in found) continue;
    const { entry, sameFile } = found;
    const linkTo = sameFile === undefined ? undefined : firstNames.get(sameFile);
    if (sameFile !== undefined && linkTo === undefined) firstNames.set(sameFile, entry.path);
    if (linkTo !== undefined) yield encodeMember(entry, { linkTo });
    else if (entry.type === 'file') yield* fileMember(found, signal);
    else yield encodeMember(entry);
  }
  yield Buffer.alloc(2 * blockBytes);
}

const buffer = () => Buffer.allocUnsafe(pieceBytes);

/** As it is when it is opened; who writes to it meanwhile would be in the tar by half. */
async function* fileMember(
  { entry: { path }, at }: Found,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  const handle = await readable(at, () => fs.open(at, fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0)));
  try {
    const before = await readable(at, () => handle.stat({ bigint: true }));
    if (!before.isFile()) throw changed(at);
    const entry = entryOf(path, 'file', before);
    yield encodeMember(entry);
    const read = entry.size > 0 ? buffer() : Buffer.alloc(0);
    for (let done = 0; done < entry.size;) {
      throwIfCancelled(signal);
      const { bytesRead } = await readable(at, () =>
        handle.read(read, 0, Math.min(read.length, entry.size - done), done),
      );
      if (bytesRead === 0) throw changed(at);
      yield read.subarray(0, bytesRead);
      done += bytesRead;
    }
    yield Buffer.alloc(paddingAfter(entry.size));
    const after = await readable(at, () => handle.stat({ bigint: true }));
    if (after.size !== before.size || after.mtimeNs !== before.mtimeNs) throw changed(at);
  } finally {
    await handle.close();
  }
}

function changed(at: Buffer) {
  return notReadable(at, 'it changed while it was read');
}
