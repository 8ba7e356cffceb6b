import * as fs from 'node:fs';
import { dirname } from 'node:path/posix';
import type { Extent } from '../../core/archive/sparseMap';
import { checkedObject } from '../../core/storeLayout';
import { close, flag, openPath } from '../libc';
import type { Pace } from '../pace';
import { digestOf, wholeOf } from '../transfer/objects';
import { Catalog } from './catalog';
import { removeIfThere } from './durable';
import type { VolumeStore } from './volumeStore';

/** What proves an object that has arrived. */
interface Proof {
  object: string;
  size: number;
  /** Absent of one without holes. */
  extents?: readonly Extent[];
  digest: string;
}

/**
 * The objects of a snapshot that comes from another engine, until all of them are there. No snapshot names them, and none of
 * them is listed. What an interrupted transfer has left here the next one does not ask for; a marker in the catalog has
 * recovery remove it when nobody comes back.
 */
export class Arrived implements Disposable {
  private proofs: number | undefined;

  constructor(private readonly store: VolumeStore) {}

  /** From now on something may be here. */
  announce(): void {
    fs.mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    new Catalog(this.store.store).announceArrival(this.store.volume, new Date().toISOString());
  }

  /** A new object, open for writing; what an interrupted transfer has left of it goes. */
  create(object: string): number {
    return fs.openSync(this.prepare(object), 'wx', 0o600);
  }

  /** Where an object will be, and where nothing is now. */
  prepare(object: string): string {
    const path = this.path(object);
    fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    removeIfThere(path);
    return path;
  }

  path(object: string): string {
    return `${this.folder}/${checkedObject(object)}`;
  }

  /** It is whole, as `proof` says. */
  keep(proof: Proof): void {
    this.proofs ??= fs.openSync(`${this.folder}/proofs`, 'a', 0o600);
    fs.writeSync(this.proofs, `${JSON.stringify(proof)}\n`);
  }

  /** Those of some objects that an earlier transfer has brought. Nothing here was ever flushed: all of it is read. */
  async whole(among: ReadonlySet<string>, pace: Pace): Promise<Set<string>> {
    const found = new Set<string>();
    for (const proof of this.readProofs()) {
      if (among.has(proof.object) && (await this.isWhole(proof, pace))) found.add(proof.object);
      if (pace.due()) await pace.turn();
    }
    return found;
  }

  drop(): void {
    this[Symbol.dispose]();
    fs.rmSync(this.folder, { recursive: true, force: true });
    new Catalog(this.store.store).withdrawArrival(this.store.volume);
  }

  [Symbol.dispose](): void {
    if (this.proofs !== undefined) fs.closeSync(this.proofs);
    this.proofs = undefined;
  }

  private get folder(): string {
    return this.store.at.arrived;
  }

  /** The last line may be cut. */
  private readProofs(): Proof[] {
    if (!fs.existsSync(`${this.folder}/proofs`)) return [];
    const lines = fs.readFileSync(`${this.folder}/proofs`, 'utf8').split('\n');
    return lines.flatMap((line) => {
      try {
        return [JSON.parse(line) as Proof];
      } catch {
        return [];
      }
    });
  }

  private async isWhole({ object, size, extents, digest }: Proof, pace: Pace): Promise<boolean> {
    const path = this.path(object);
    if (!fs.existsSync(path) || fs.statSync(path).size !== size) return false;
    const handle = openPath(path, flag.readOnly | flag.noFollow);
    try {
      return (await digestOf(handle, size, extents ?? wholeOf(size), pace)) === digest;
    } finally {
      close(handle);
    }
  }
}
