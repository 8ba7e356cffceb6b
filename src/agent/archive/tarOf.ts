import * as fs from 'node:fs';
import type { FolderItem } from '../../core/archive/dumpdir';
import { encodeMember } from '../../core/archive/member';
import { blockBytes, paddingAfter } from '../../core/archive/ustar';
import type { Entry } from '../../core/entry';
import { linkGroup } from '../../core/hardLinks';
import { parentOf } from '../../core/plan';
import type { Pace } from '../pace';
import { holesOf, objectDamaged, openObject } from '../store/openObject';
import type { VolumeStore } from '../store/volumeStore';

/** One buffer for all content: whoever takes a piece copies it before the next one is asked for. */
const buffer = Buffer.allocUnsafe(1024 * 1024);
const padding = Buffer.alloc(blockBytes);

/**
 * A snapshot as a tar, piece by piece: a member for each entry, in their order; of the names of one inode, the first has the
 * content. Written by hand, for GNU tar would need the tree that the store does not keep, and npm's packages take names for
 * UTF-8.
 *
 * `unchanged`: paths that an earlier archive has, and which this one then leaves out; its folders say what they hold.
 */
export function* tarOf(
  store: VolumeStore,
  snapshot: string,
  entries: readonly Entry[],
  pace: Pace,
  unchanged?: ReadonlySet<string>,
): Generator<Buffer, void, undefined> {
  const firstNames = new Map<bigint, string>();
  const items = unchanged && itemsOfFolders(entries, unchanged);
  for (const entry of entries) {
    if (unchanged?.has(entry.path)) continue;
    const group = linkGroup(entry);
    const linkTo = group === undefined ? undefined : firstNames.get(group);
    if (group !== undefined && linkTo === undefined) firstNames.set(group, entry.path);
    if (linkTo !== undefined) yield encodeMember(entry, { linkTo });
    else if (entry.type === 'file') yield* fileMember(store, snapshot, entry);
    else if (entry.type === 'directory' && items) yield encodeMember(entry, { items: items.get(entry.path) ?? [] });
    else yield encodeMember(entry);
    pace.count(entry.type === 'file' ? 1 : 0, linkTo === undefined ? entry.size : 0);
  }
  yield Buffer.alloc(2 * blockBytes);
}

function itemsOfFolders(entries: readonly Entry[], unchanged: ReadonlySet<string>): Map<string, FolderItem[]> {
  const items = new Map<string, FolderItem[]>();
  for (const { path, type } of entries) {
    if (path === '') continue;
    const folder = parentOf(path);
    const name = path.slice(folder === '' ? 0 : folder.length + 1);
    const how = type === 'directory' ? 'folder' : unchanged.has(path) ? 'before' : 'here';
    const held = items.get(folder);
    if (held) held.push({ name, how });
    else items.set(folder, [{ name, how }]);
  }
  return items;
}

function* fileMember(store: VolumeStore, snapshot: string, entry: Entry): Generator<Buffer, void, undefined> {
  if (entry.size === 0) return yield encodeMember(entry);
  const handle = openObject(store, snapshot, entry);
  try {
    const extents = holesOf(handle, entry.size);
    yield encodeMember(entry, { ...(extents && { extents }) });
    let bytes = 0;
    for (const [start, end] of extents ?? [[0, entry.size] as const]) {
      for (let at = start; at < end;) {
        const read = fs.readSync(handle, buffer, 0, Math.min(buffer.length, end - at), at);
        if (read === 0) throw objectDamaged(snapshot, entry, 'ends early');
        yield buffer.subarray(0, read);
        at += read;
        bytes += read;
      }
    }
    // The map of the holes has whole blocks, so this is the padding of all of it.
    yield padding.subarray(0, paddingAfter(bytes));
  } finally {
    fs.closeSync(handle);
  }
}
