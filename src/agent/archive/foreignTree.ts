import type { Entry } from '../../core/entry';
import { parentOf } from '../../core/plan';
import type { Losses } from '../losses';
import type { Pace } from '../pace';
import type { NewObjects } from '../store/newObjects';
import { EntryMaker } from './entryMaker';
import type { Foreign } from './foreignMembers';

/** The folder that `vackup export` puts everything in. */
const wrapper = 'vackup-volume';

/**
 * The tree that tar would make of an archive of anybody's: folders that are missing are made, and of two members of one name
 * the later one counts. As with our own, no name of it is ever a name on the disk here.
 */
export class ForeignTree {
  private readonly byPath = new Map<string, Entry>();
  private readonly maker: EntryMaker;
  /** In front of all names. */
  private prefix: string | undefined;

  constructor(
    objects: NewObjects,
    private readonly losses: Losses,
    /** The only one that counts: what is beside it is of something else. */
    private readonly only?: string,
    /** The highest inode that is taken, by entries that this tree is put over. */
    taken = 0,
  ) {
    this.maker = new EntryMaker(objects, losses, taken);
  }

  async add(member: Foreign, pace: Pace): Promise<void> {
    const { entry, linkTo } = member;
    this.prefix ??= this.only ?? (entry.path === wrapper && entry.type === 'directory' ? wrapper : '');
    if (this.only !== undefined && entry.path !== this.only && !entry.path.startsWith(`${this.only}/`)) {
      for await (const _ of member.content) if (pace.due()) await pace.turn();
      return;
    }
    const path = this.inside(entry.path);
    if (member.lostAttributes) this.losses.add('xattr', path);
    if (path !== '') this.ensureFolder(parentOf(path));
    const before = this.byPath.get(path);
    if ((before?.type === 'directory' || path === '') && entry.type !== 'directory') {
      throw new Error(`something in the place of a folder: ${quoted(path)}`);
    }
    this.byPath.set(
      path,
      linkTo === undefined ? await this.make(member, path, pace) : this.linkOf(path, this.inside(linkTo)),
    );
  }

  /** All of it, in the order of a scan. */
  finish(): Entry[] {
    if (this.byPath.size === 0)
      throw new Error(this.only === undefined ? 'it is empty' : `it has no folder ${quoted(this.only)}`);
    this.ensureFolder('');
    return inScanOrder([...this.byPath.values()]);
  }

  private make(member: Foreign, path: string, pace: Pace): Promise<Entry> {
    return this.maker.make({ ...member, entry: { ...member.entry, path } }, pace);
  }

  private linkOf(path: string, linkTo: string): Entry {
    const first = this.byPath.get(linkTo);
    if (!first || first.type === 'directory') throw new Error(`a hard link to what is not there: ${quoted(linkTo)}`);
    return { ...first, path };
  }

  private inside(path: string): string {
    if (!this.prefix) return path;
    if (path === this.prefix) return '';
    if (path.startsWith(`${this.prefix}/`)) return path.slice(this.prefix.length + 1);
    throw new Error(`a member beside the folder ${this.prefix}: ${quoted(path)}`);
  }

  /** Not below a symlink or a file: those are no folders. */
  private ensureFolder(path: string): void {
    const found = this.byPath.get(path);
    if (found?.type === 'directory') return;
    if (found) throw new Error(`a member below what is no folder: ${quoted(path)}`);
    if (path !== '') this.ensureFolder(parentOf(path));
    this.byPath.set(path, this.maker.folder(path));
  }
}

/** With the numbers of their names, which may have been others. */
export function inScanOrder(entries: readonly Entry[]): Entry[] {
  const names = new Map<bigint, number>();
  for (const { ino, type } of entries) if (type !== 'directory') names.set(ino, (names.get(ino) ?? 0) + 1);
  // A folder comes right before what is in it: its names end before any other byte of a name.
  const orderOf = ({ path }: Entry) => path.replaceAll('/', '\0');
  return entries
    .map((entry) => ({ ...entry, nlink: names.get(entry.ino) ?? 1 }))
    .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

function quoted(path: string): string {
  return JSON.stringify(path.slice(0, 200));
}
