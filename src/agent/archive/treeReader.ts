import * as fs from 'node:fs';
import type { FolderItem } from '../../core/archive/dumpdir';
import type { Entry } from '../../core/entry';
import { parentOf } from '../../core/plan';
import { isKept } from '../attributes';
import { close, makeDevice } from '../libc';
import type { Losses } from '../losses';
import type { Pace } from '../pace';
import type { NewObjects } from '../store/newObjects';
import type { Member } from './membersOf';

/**
 * Makes entries and objects of an archive's members. No name of the archive is ever a name on the disk here: content goes
 * into objects, everything else into records, and a restore makes the tree of them in its own, safe way.
 */
export class TreeReader {
  readonly entries: Entry[] = [];
  private readonly byPath = new Map<string, Entry>();
  /** Of entries with several names: all of them. */
  private readonly names = new Map<bigint, Entry[]>();
  /** What each folder holds; of archives that build on another one. */
  private readonly items = new Map<string, readonly FolderItem[]>();
  private made = 0;
  private readonly earlier: ReadonlyMap<string, Entry> | undefined;

  /** `earlier`: the tree that the archive builds on, of the same `objects`. */
  constructor(
    private readonly objects: NewObjects,
    private readonly losses: Losses,
    earlier?: readonly Entry[],
  ) {
    this.earlier = earlier && new Map(earlier.map((entry) => [entry.path, entry]));
    this.made = earlier ? earlier.reduce((most, { ino }) => Math.max(most, Number(ino)), 0) : 0;
  }

  async add(member: Member, pace: Pace): Promise<void> {
    const { path, type } = member.entry;
    const parent = this.byPath.get(parentOf(path));
    const isRoot = path === '';
    // Not below a symlink or a file either: those are no folders.
    if (isRoot ? this.byPath.size > 0 || type !== 'directory' : parent?.type !== 'directory') {
      throw new Error(`a member without its folder: ${JSON.stringify(path.slice(0, 200))}`);
    }
    if (this.byPath.has(path)) throw new Error(`two members of one name: ${JSON.stringify(path.slice(0, 200))}`);
    const entry = member.linkTo === undefined ? await this.make(member, pace) : this.linkOf(path, member.linkTo);
    this.entries.push(entry);
    this.byPath.set(path, entry);
    if (type !== 'directory') return;
    if ((member.items === undefined) !== (this.earlier === undefined)) {
      throw new Error(`a folder ${member.items ? 'with' : 'without'} a list: ${JSON.stringify(path.slice(0, 200))}`);
    }
    if (member.items) this.items.set(path, member.items);
  }

  /** All of them, once there is no more. */
  finish(): Entry[] {
    if (this.entries.length === 0) throw new Error('it is empty');
    for (const entries of this.names.values()) for (const entry of entries) entry.nlink = entries.length;
    return this.earlier ? this.withEarlier(this.earlier) : this.entries;
  }

  /** In the order of a scan. Every member is in the list of its folder, and all that is in a list is somewhere. */
  private withEarlier(earlier: ReadonlyMap<string, Entry>): Entry[] {
    const all: Entry[] = [];
    let found = 0;
    const visit = (path: string): void => {
      const entry = this.byPath.get(path)!;
      all.push(entry);
      found++;
      if (entry.type !== 'directory') return;
      const items = this.items.get(path)!.toSorted((a, b) => (a.name < b.name ? -1 : 1));
      for (const [index, { name, how }] of items.entries()) {
        const below = path === '' ? name : `${path}/${name}`;
        const what = how === 'before' ? earlier.get(below) : this.byPath.get(below);
        const isWrong = !what || (what.type === 'directory') !== (how === 'folder') || items[index + 1]?.name === name;
        if (isWrong) throw new Error(`nothing for a name in a list: ${JSON.stringify(below.slice(0, 200))}`);
        if (how !== 'before') visit(below);
        else {
          // All else is said by the backup itself.
          if (what.lostXattrs) this.losses.add('xattr', what.path);
          all.push(what);
        }
      }
    };
    visit('');
    if (found !== this.entries.length) throw new Error('a member that is in no list');
    return all;
  }

  private async make({ entry: read, device, extents, content }: Member, pace: Pace): Promise<Entry> {
    const entry: Entry = {
      ...read,
      // Numbers of its own: they tell its hard links, and prove nothing.
      ino: BigInt(++this.made),
      ctime: 0n,
      nlink: 1,
      ...(device && { rdev: makeDevice(device.major, device.minor) }),
    };
    if (read.xattrs) this.keepXattrs(entry, read.xattrs);
    if (entry.type === 'file') entry.object = await this.write(entry.size, extents, content, pace);
    pace.count(entry.type === 'file' ? 1 : 0, 0);
    return entry;
  }

  private keepXattrs(entry: Entry, xattrs: [string, string][]): void {
    entry.xattrs = xattrs.filter(([name]) => isKept(name));
    if (entry.xattrs.length < xattrs.length) entry.lostXattrs = true;
    if (entry.xattrs.length === 0) delete entry.xattrs;
    this.losses.addOf(entry);
  }

  private linkOf(path: string, linkTo: string): Entry {
    const first = this.byPath.get(linkTo);
    if (!first || first.type === 'directory') {
      throw new Error(`a hard link to what is not there: ${JSON.stringify(linkTo.slice(0, 200))}`);
    }
    const entry = { ...first, path };
    const names = this.names.get(first.ino);
    if (names) names.push(entry);
    else this.names.set(first.ino, [first, entry]);
    return entry;
  }

  private async write(
    size: number,
    extents: Member['extents'],
    content: AsyncIterable<Buffer>,
    pace: Pace,
  ): Promise<string> {
    const { id, handle } = this.objects.create();
    try {
      const places = new Places(extents);
      for await (const piece of content) {
        for (let done = 0; done < piece.length;) {
          const [at, room] = places.next();
          const written = fs.writeSync(handle, piece, done, Math.min(room, piece.length - done), at);
          places.advance(written);
          done += written;
        }
        pace.count(0, piece.length);
        if (pace.dueNow()) await pace.turn();
      }
      const end = extents.at(-1)?.[1] ?? 0;
      if (end < size) fs.ftruncateSync(handle, size);
    } finally {
      close(handle);
    }
    return id;
  }
}

/** Where the next bytes of a file with holes belong. */
class Places {
  private current = 0;
  private at: number;

  constructor(private readonly extents: Member['extents']) {
    this.at = extents[0]?.[0] ?? 0;
  }

  next(): [at: number, room: number] {
    return [this.at, this.extents[this.current]![1] - this.at];
  }

  advance(bytes: number): void {
    this.at += bytes;
    if (this.at < this.extents[this.current]![1]) return;
    this.current++;
    this.at = this.extents[this.current]?.[0] ?? 0;
  }
}
