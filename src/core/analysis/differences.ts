import type { Entry } from '../entry';
import { largestFirst, Totals, type Sized } from './totals';

/** What differs between two states of a volume: files only, by their content. */
export interface Differences {
  added: Sum;
  changed: Sum;
  removed: Sum;
  /** By the bytes of what was added, changed or removed in them. */
  folders: Sized[];
  files: (Sized & { how: 'added' | 'changed' | 'removed' })[];
}

export interface Sum {
  files: number;
  bytes: number;
}

export function changedBetween(before: readonly Entry[], after: readonly Entry[]): Differences {
  const old = new Map(before.flatMap((entry) => (entry.type === 'file' ? [[entry.path, entry]] : [])));
  const sums = { added: nothing(), changed: nothing(), removed: nothing() };
  const folders = new Totals();
  const files: Differences['files'] = [];
  const note = (how: keyof typeof sums, { path, size }: Entry): void => {
    sums[how].files++;
    sums[how].bytes += size;
    folders.add(path, size);
    files.push({ path, bytes: size, files: 1, how });
  };
  for (const entry of after) {
    if (entry.type !== 'file') continue;
    const was = old.get(entry.path);
    old.delete(entry.path);
    if (!was) note('added', entry);
    else if (isChanged(was, entry)) note('changed', entry);
  }
  for (const entry of old.values()) note('removed', entry);
  return { ...sums, folders: folders.largest(), files: largestFirst(files) as Differences['files'] };
}

/** One object is one content; where none is known, as of a tree that was only looked at, the proof of a snapshot's pass. */
function isChanged(was: Entry, is: Entry): boolean {
  if (was.object !== undefined && is.object !== undefined) return was.object !== is.object;
  return was.size !== is.size || was.mtime !== is.mtime || was.ctime !== is.ctime || was.ino !== is.ino;
}

function nothing(): Sum {
  return { files: 0, bytes: 0 };
}
