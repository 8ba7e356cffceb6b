import type { Entry } from './entry';
import { Recorded } from './recorded';
import { folderOf, objectFolder, objectId, objectParts } from './storeLayout';

/** Objects of a volume's store, by the snapshots that made them. */
export class ObjectSet {
  private readonly numbers = new Map<string, Set<number>>();

  add(snapshot: string, number: number): void {
    const numbers = this.numbers.get(snapshot);
    if (numbers) numbers.add(number);
    else this.numbers.set(snapshot, new Set([number]));
  }

  has(object: string): boolean {
    const { snapshot, number } = objectParts(object);
    return this.numbers.get(snapshot)?.has(number) ?? false;
  }

  addOf(entries: Iterable<Entry>): this {
    for (const entry of entries) {
      if (entry instanceof Recorded) {
        const snapshot = entry.objectSnapshot;
        if (snapshot !== undefined) this.add(snapshot, entry.objectNumber);
      } else if (entry.object !== undefined) {
        const { snapshot, number } = objectParts(entry.object);
        this.add(snapshot, number);
      }
    }
    return this;
  }

  *[Symbol.iterator](): Generator<string> {
    for (const [snapshot, numbers] of this.numbers) for (const number of numbers) yield objectId(snapshot, number);
  }

  /** By folders below `objects/`, with the numbers that are the names in it. */
  byFolder(): Map<string, Set<number>> {
    const folders = new Map<string, Set<number>>();
    for (const [snapshot, numbers] of this.numbers) {
      let names: Set<number> | undefined;
      let of = -1;
      // Mostly in ascending order, so a folder is looked up seldom.
      for (const number of numbers) {
        if (names === undefined || folderOf(number) !== of) {
          of = folderOf(number);
          const folder = `${snapshot}/${objectFolder(number)}`;
          names = folders.get(folder) ?? new Set();
          folders.set(folder, names);
        }
        names.add(number);
      }
    }
    return folders;
  }
}

/** The objects that entries name; an id that could lead out of the objects' folder is an error. */
export function objectsOf(entries: Iterable<Entry>): ObjectSet {
  return new ObjectSet().addOf(entries);
}

/** Whether an entry's content was copied by this snapshot. */
export function isObjectOf(snapshot: string, entry: Entry): boolean {
  if (entry instanceof Recorded) return entry.objectSnapshot === snapshot;
  return entry.object?.startsWith(`${snapshot}/`) ?? false;
}
