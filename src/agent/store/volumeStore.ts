import * as fs from 'node:fs';
import { Failure } from '../../core/failure';
import { checkedName, deletedPrefix, volumeLayout, type VolumeLayout } from '../../core/storeLayout';
import { byAge, type SnapshotEntry } from '../../core/snapshotEntry';
import type { Manifest } from '../../core/manifest';
import { namesIn } from './durable';
import { readManifest } from './manifestFile';

/** What the store holds of one volume: reading, and where things go. */
export class VolumeStore {
  readonly at: VolumeLayout;

  constructor(
    readonly store: string,
    readonly volume: string,
  ) {
    this.at = volumeLayout(store, volume);
  }

  makeFolders(): void {
    for (const folder of [this.at.objects, this.at.snapshots, this.at.incoming]) {
      fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
  }

  /** Committed ones, in no order. */
  snapshotIds(): string[] {
    return namesIn(this.at.snapshots);
  }

  uncommittedIds(): string[] {
    return namesIn(this.at.incoming).filter((name) => !name.startsWith(deletedPrefix));
  }

  /** Ids of those whose deletion has begun and is not known to be finished. */
  deletedIds(): string[] {
    const deleted = namesIn(this.at.incoming).filter((name) => name.startsWith(deletedPrefix));
    return deleted.map((name) => name.slice(deletedPrefix.length));
  }

  has(snapshot: string): boolean {
    return fs.existsSync(`${this.at.snapshots}/${checkedName(snapshot)}`);
  }

  /** undefined for an entry that cannot be read: the snapshot stays, but cannot be shown. */
  readEntry(snapshot: string): SnapshotEntry | undefined {
    try {
      const text = fs.readFileSync(`${this.at.snapshots}/${checkedName(snapshot)}/entry.json`, 'utf8');
      return JSON.parse(text) as SnapshotEntry;
    } catch (error) {
      process.stderr.write(`entry of ${this.volume}@${snapshot}: ${String(error)}\n`);
      return undefined;
    }
  }

  /** The entry of the newest snapshot of those that can be read. */
  newest(): SnapshotEntry | undefined {
    const entries = this.snapshotIds().flatMap((id) => this.readEntry(id) ?? []);
    return entries.sort(byAge)[0];
  }

  /** Rejects with snapshotNotFound or snapshotDamaged. */
  async readManifest(snapshot: string): Promise<Manifest> {
    if (!this.has(snapshot)) throw new Failure('snapshotNotFound', { volume: this.volume, snapshot });
    return readManifest(`${this.at.snapshots}/${snapshot}/manifest`, snapshot);
  }

  objectPath(id: string): string {
    return `${this.at.objects}/${id}`;
  }

  /** Ids of all objects that are there. */
  *objects(): Generator<string> {
    for (const snapshot of namesIn(this.at.objects)) {
      for (const folder of namesIn(`${this.at.objects}/${snapshot}`)) {
        for (const name of namesIn(`${this.at.objects}/${snapshot}/${folder}`)) yield `${snapshot}/${folder}/${name}`;
      }
    }
  }
}
