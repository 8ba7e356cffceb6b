import type { Entry } from '../core/entry';
import { stat, statAt } from './libc';
import type { Tree } from './tree';

/** What a switch has made, as it left it: whoever changes it afterwards moves its ctime. */
export class Written {
  private readonly ctimes = new Map<bigint, bigint>();

  /** To be called when nothing more is to be done to it. */
  add(tree: Tree, path: string): void {
    const [folder, name] = tree.at(path);
    if (statAt(folder, name)) this.ctimes.set(stat.ino(), stat.ctime());
  }

  has({ ino, ctime }: Entry): boolean {
    return this.ctimes.get(ino) === ctime;
  }
}
