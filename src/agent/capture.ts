import { constants } from 'node:fs';
import { linkGroup } from '../core/hardLinks';
import type { ContentCopier } from './content';
import { close, flag, hasCode, openAt, stat, statHandle } from './libc';
import { isVanished } from './observe';
import type { Pace } from './pace';
import { fromStat, type Seen } from './scan';
import type { EarlierCopy, NewObjects } from './store/newObjects';
import type { Tree } from './tree';

/** Where files are copied from and to. */
export interface CapturePlace {
  tree: Tree;
  objects: NewObjects;
  copier: ContentCopier;
}

/** Whether entries that are not copied now have their content in this object. */
export type IsNamed = (object: string) => boolean;

/** Below this, a copy anew costs no more than finding out what differs. */
const worthUpdatingBytes = 1024 * 1024;

/**
 * Copies the content of files into objects, the names of one inode once. Each entry becomes what the file was when its
 * copy began: a file that changes later is told by its ctime. The copy that an earlier pass made of a large file is
 * brought up to date instead.
 */
export class Capture {
  files = 0;
  bytes = 0;
  /** Files that changed while they were copied. */
  readonly torn = new Set<Seen>();
  /** Files that were gone. */
  readonly vanished = new Set<Seen>();
  private readonly copied = new Map<bigint, Seen>();

  constructor(private readonly place: CapturePlace) {}

  /** Without `isNamed` no copy is brought up to date: it may be others' content too. */
  async take(files: readonly Seen[], pace: Pace, isNamed: IsNamed = () => true): Promise<void> {
    for (const entry of files) {
      if (pace.due()) await pace.turn();
      const group = linkGroup(entry);
      const other = group === undefined ? undefined : this.copied.get(group);
      if (other && isStill(this.place.tree, entry, other)) {
        Object.assign(entry, other, { path: entry.path });
        if (this.torn.has(other)) this.torn.add(entry);
        continue;
      }
      await this.takeOne(entry, pace, isNamed);
    }
  }

  /** Whether there is an earlier copy of a file that is worth updating. */
  mayUpdate(entry: Seen): boolean {
    const { copier, objects } = this.place;
    if (entry.size < worthUpdatingBytes || copier.shares) return false;
    // Copied anew, only data is read; a comparison would read all of the holes, and may take minutes.
    if (entry.allocatedBytes < entry.size) return false;
    return objects.hasCopyOf(entry.ino);
  }

  private async takeOne(entry: Seen, pace: Pace, isNamed: IsNamed): Promise<void> {
    const from = tryOpenFile(this.place.tree, entry);
    if (from === undefined) {
      this.vanished.add(entry);
      return;
    }
    try {
      Object.assign(entry, fromStat(entry.path));
      const copy = this.mayUpdate(entry) ? this.place.objects.takeCopyOf(entry.ino) : undefined;
      if (copy && !isNamed(copy.id)) await this.update(copy, from, entry, pace);
      else await this.copyAnew(from, entry, pace);
      statHandle(from);
      if (stat.ctime() !== entry.ctime || stat.size() !== entry.size) this.torn.add(entry);
    } finally {
      close(from);
    }
    const group = linkGroup(entry);
    if (group !== undefined) this.copied.set(group, entry);
    this.files++;
    this.bytes += entry.size;
    pace.count(1, entry.size);
  }

  private async copyAnew(from: number, entry: Seen, pace: Pace): Promise<void> {
    const { objects, copier } = this.place;
    const object = objects.create();
    objects.wasLast(entry.ino);
    try {
      entry.object = object.id;
      await copier.copy(from, object.handle, entry, pace);
    } finally {
      close(object.handle);
    }
  }

  private async update(copy: EarlierCopy, from: number, entry: Seen, pace: Pace): Promise<void> {
    entry.object = copy.id;
    const to = copy.open();
    await this.place.copier.update(from, to, entry.size, pace).finally(() => close(to));
  }
}

/** Whether a name still is one of the file that was copied: a live volume's file may have been replaced since its scan. */
function isStill(tree: Tree, entry: Seen, { ino }: Seen): boolean {
  const handle = tryOpenFile(tree, entry);
  if (handle === undefined) return false;
  close(handle);
  return stat.ino() === ino;
}

/** Opens a file and fills `stat`; undefined when it is gone or something else by now. Never waits for a FIFO's writer. */
function tryOpenFile(tree: Tree, entry: Seen): number | undefined {
  try {
    const handle = openFile(tree, entry.path);
    statHandle(handle);
    if ((stat.mode() & constants.S_IFMT) === constants.S_IFREG) return handle;
    close(handle);
    return undefined;
  } catch (error) {
    if (isVanished(error)) return undefined;
    throw error;
  }
}

export function openFile(tree: Tree, path: string): number {
  const flags = flag.readOnly | flag.noFollow | flag.nonBlock;
  const [folder, name] = tree.at(path);
  try {
    return openAt(folder, name, flags | flag.noAtime);
  } catch (error) {
    // Only a file's owner (or CAP_FOWNER) may leave its access time alone.
    if (!hasCode(error, 'EPERM')) throw error;
    return openAt(folder, name, flags);
  }
}
