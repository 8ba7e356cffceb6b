import type { Entry } from '../../core/entry';
import { Failure } from '../../core/failure';
import { plainEntry } from '../../core/recorded';
import { inScanOrder } from './foreignTree';

/**
 * A tree with another one put over it, as an unpacked archive is: what has the same name is replaced, all else stays. Folders
 * that both have stay as they are; what is new belongs to whom the root belongs to. Throws copyConflict where one has a folder and the other none.
 */
export function putOver(volume: string, base: readonly Entry[], over: readonly Entry[]): Entry[] {
  const all = new Map(base.map((entry) => [entry.path, plainEntry(entry)]));
  const { uid, gid } = all.get('')!;
  for (const entry of over) {
    const there = all.get(entry.path);
    const areFolders = there?.type === 'directory' && entry.type === 'directory';
    if (areFolders) continue;
    if (there && (there.type === 'directory') !== (entry.type === 'directory')) {
      throw new Failure('copyConflict', { volume, path: entry.path });
    }
    all.set(entry.path, { ...plainEntry(entry), uid, gid });
  }
  return inScanOrder([...all.values()]);
}
