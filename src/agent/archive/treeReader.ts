import type { FolderItem } from '../../core/archive/dumpdir';
import type { Entry } from '../../core/entry';
import { parentOf } from '../../core/plan';
import type { Losses } from '../losses';
import type { Pace } from '../pace';
import type { NewObjects } from '../store/newObjects';
import { EntryMaker } from './entryMaker';
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
  private readonly maker: EntryMaker;
  private readonly earlier: ReadonlyMap<string, Entry> | undefined;

  /** `earlier`: the tree that the archive builds on, of the same `objects`. */
  constructor(
    objects: NewObjects,
    private readonly losses: Losses,
    earlier?: readonly Entry[],
  ) {
    this.earlier = earlier && new Map(earlier.map((entry) => [entry.path, entry]));
    this.maker = new EntryMaker(
      objects,
      losses,
      earlier?.reduce((most, { ino }) => Math.max(most, Number(ino)), 0),
    );
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
    const entry = member.linkTo === undefined ? await this.maker.make(member, pace) : this.linkOf(path, member.linkTo);
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
}
