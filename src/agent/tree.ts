import * as fs from 'node:fs';
import { checkedComponent, openFolderBelow } from './folderHandles';
import { close, flag, openAt, openPath } from './libc';
import type { Walk, Walker } from './walker/walker';

/**
 * A volume's file tree, entered only through handles of its folders: no symlink on the way is ever followed, whoever
 * swaps folders meanwhile, and no path is too long.
 */
export class Tree implements Disposable {
  readonly rootHandle: number;
  /** Handle of the folder that was used last; walks through a tree stay in one folder for long. */
  private last: { path: string; handle: number };

  constructor(
    readonly root: string,
    private readonly walker: Walker,
  ) {
    this.rootHandle = openPath(root, flag.readOnly | flag.folder);
    this.last = { path: '', handle: this.rootHandle };
  }

  /** Begins to look at everything in it (see `scan.ts`). */
  walk(): Walk {
    return this.walker.start();
  }

  /** Valid until the next call. Throws ENOENT, ENOTDIR or ELOOP where there is no such folder. */
  folder(path: string): number {
    if (path === this.last.path) return this.last.handle;
    const below = this.last.path !== '' && path.startsWith(this.last.path + '/');
    const rest = below ? path.slice(this.last.path.length + 1) : path;
    const from = below ? this.last.handle : this.rootHandle;
    const handle = rest === '' ? from : openFolderBelow(from, rest);
    if (this.last.handle !== handle) this.leave(this.last.handle);
    this.last = { path, handle };
    return handle;
  }

  /** The folder's handle and the name in it of an entry; '.' for the root folder itself. */
  at(path: string): [folder: number, name: string] {
    const slash = path.lastIndexOf('/');
    const folder = this.folder(path.slice(0, Math.max(0, slash)));
    return [folder, path === '' ? '.' : checkedComponent(path.slice(slash + 1))];
  }

  /** A path for calls that know no handles; its last component may be a symlink. Valid as long as the folder's handle. */
  pathOf(path: string): string {
    const [folder, name] = this.at(path);
    return `/proc/self/fd/${folder}/${name}`;
  }

  /** A copy of the handle that stays valid until it is closed. */
  openFolder(path: string): number {
    return openAt(this.folder(path), '.', flag.readOnly | flag.folder);
  }

  fileSystem(): fs.StatsFs {
    return fs.statfsSync(`/proc/self/fd/${this.rootHandle}`);
  }

  /** Forgets the folder used last: it may have been removed and made anew. */
  forget(): void {
    this.leave(this.last.handle);
    this.last = { path: '', handle: this.rootHandle };
  }

  /** Closes a handle, but not the root's. */
  private leave(handle: number): void {
    if (handle !== this.rootHandle) close(handle);
  }

  [Symbol.dispose](): void {
    this.forget();
    close(this.rootHandle);
  }
}
