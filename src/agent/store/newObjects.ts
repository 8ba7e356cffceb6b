import * as fs from 'node:fs';
import type { ObjectSet } from '../../core/objectSet';
import { objectFolder, objectId } from '../../core/storeLayout';
import { close, flag, openAt, openPath } from '../libc';
import { removeIfThere } from './durable';

/** An object that an earlier pass made. */
export interface EarlierCopy {
  id: string;
  /** For reading and writing. */
  open: () => number;
}

/** The objects that one uncommitted snapshot makes. No other snapshot can name them yet. */
export class NewObjects implements Disposable {
  private made = 0;
  /** The last copy of each inode. */
  private readonly copies = new Map<bigint, number>();
  /** Those from before this pass that no file of it has taken yet. */
  private earlier = new Map<bigint, number>();
  private folder: { name: string; handle: number } | undefined;

  constructor(
    private readonly root: string,
    private readonly snapshot: string,
  ) {}

  /** An empty file, open for writing. */
  create(): { id: string; handle: number } {
    const n = this.made++;
    const handle = openAt(this.folderFor(n), String(n), flag.writeOnly | flag.create | flag.exclusive, 0o600);
    return { id: objectId(this.snapshot, n), handle };
  }

  /** In later passes, the copy of this inode is the object that was created last. */
  wasLast(inode: bigint): void {
    this.copies.set(inode, this.made - 1);
  }

  /** Only copies made before this may be brought up to date: one of this pass is some file's content already. */
  beginPass(): void {
    this.earlier = new Map(this.copies);
  }

  /** Whether `takeCopyOf` has an answer. */
  hasCopyOf(inode: bigint): boolean {
    return this.earlier.has(inode);
  }

  /**
   * The object, if any, that an earlier pass copied this inode to. Whoever asks has it: another file with the same
   * inode, used again meanwhile, is copied anew.
   */
  takeCopyOf(inode: bigint): EarlierCopy | undefined {
    const n = this.earlier.get(inode);
    if (n === undefined) return undefined;
    this.earlier.delete(inode);
    const id = objectId(this.snapshot, n);
    return { id, open: () => openPath(`${this.root}/${id}`, flag.readWrite | flag.noFollow) };
  }

  /** Removes those that the snapshot does not name after its last pass: that copied their files again, or did not see them. */
  removeUnnamed(named: ObjectSet): void {
    for (let n = 0; n < this.made; n++) {
      const id = objectId(this.snapshot, n);
      if (!named.has(id)) removeIfThere(`${this.root}/${id}`);
    }
    for (const [inode, n] of this.copies) {
      if (!named.has(objectId(this.snapshot, n))) this.copies.delete(inode);
    }
  }

  private folderFor(n: number): number {
    const name = objectFolder(n);
    if (this.folder?.name === name) return this.folder.handle;
    this[Symbol.dispose]();
    const path = `${this.root}/${this.snapshot}/${name}`;
    fs.mkdirSync(path, { recursive: true, mode: 0o700 });
    this.folder = { name, handle: openPath(path, flag.readOnly | flag.folder) };
    return this.folder.handle;
  }

  [Symbol.dispose](): void {
    if (this.folder) close(this.folder.handle);
    this.folder = undefined;
  }
}
