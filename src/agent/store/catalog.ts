import * as fs from 'node:fs';
import type { Arrival } from '../../core/engine';
import { catalogName, storeLayout, volumeInCatalog } from '../../core/storeLayout';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import type { WayBack } from '../../core/undo';
import { flushFolder, namesIn, removeIfThere, writeDurably } from './durable';
import { VolumeStore } from './volumeStore';

/**
 * The derived folder that the host reads without starting a process: entries of committed snapshots, and markers of
 * work that is under way. A marker is on disk before what it announces begins, and goes after it has ended.
 */
export class Catalog {
  readonly folder: string;

  constructor(private readonly store: string) {
    this.folder = storeLayout(store).catalog;
    fs.mkdirSync(this.folder, { recursive: true, mode: 0o700 });
  }

  add(entry: SnapshotEntry): void {
    writeDurably(this.path(catalogName.entry(entry.volume.name, entry.id)), JSON.stringify(entry));
  }

  remove(volume: string, snapshot: string): void {
    removeIfThere(this.path(catalogName.entry(volume, snapshot)));
    if (this.wayBack(volume) === snapshot) this.setWayBack(volume, undefined);
  }

  announceSnapshot(volume: string, snapshot: string): void {
    writeDurably(this.path(catalogName.incoming(volume, snapshot)), volume);
    flushFolder(this.folder);
  }

  withdrawSnapshot(volume: string, snapshot: string): void {
    removeIfThere(this.path(catalogName.incoming(volume, snapshot)));
  }

  announceSwitch(volume: string): void {
    writeDurably(this.path(catalogName.pending(volume)), volume);
    flushFolder(this.folder);
  }

  withdrawSwitch(volume: string): void {
    removeIfThere(this.path(catalogName.pending(volume)));
  }

  /** A switch has ended well, and nobody is known to have heard of it. */
  announceFinished(volume: string): void {
    fs.writeFileSync(this.path(catalogName.finished(volume)), volume, { mode: 0o600 });
  }

  /** Whether it was announced: who withdraws it tells it. */
  withdrawFinished(volume: string): boolean {
    const path = this.path(catalogName.finished(volume));
    const announced = fs.existsSync(path);
    removeIfThere(path);
    return announced;
  }

  /** Something of a snapshot of another engine has arrived, and is kept for when the rest comes. */
  announceArrival(volume: string, at: string): void {
    const arrival: Arrival = { volume, at };
    writeDurably(this.path(catalogName.arrived(volume)), JSON.stringify(arrival));
    flushFolder(this.folder);
  }

  withdrawArrival(volume: string): void {
    removeIfThere(this.path(catalogName.arrived(volume)));
  }

  /** The safety snapshot of the last restore that ended well. */
  wayBack(volume: string): string | undefined {
    try {
      return (JSON.parse(fs.readFileSync(this.path(catalogName.wayBack(volume)), 'utf8')) as WayBack).safety;
    } catch {
      return undefined;
    }
  }

  /** A restore has ended well: what the volume was before it. undefined: it has no way back, or not any more. */
  setWayBack(volume: string, safety: string | undefined): void {
    const path = this.path(catalogName.wayBack(volume));
    if (safety === undefined) return removeIfThere(path);
    const wayBack: WayBack = { volume, safety };
    fs.writeFileSync(`${path}.tmp`, JSON.stringify(wayBack), { mode: 0o600 });
    fs.renameSync(`${path}.tmp`, path);
  }

  /** Makes the files of one volume say what its part of the store says. Returns the number of its snapshots. */
  refresh(volume: string): number {
    const from = new VolumeStore(this.store, volume);
    const entries = new Map(from.snapshotIds().map((id) => [catalogName.entry(volume, id), from.readEntry(id)]));
    const markers = new Set(from.uncommittedIds().map((id) => catalogName.incoming(volume, id)));
    if (fs.existsSync(from.at.pending)) markers.add(catalogName.pending(volume));
    // What a switch has left is said nowhere else.
    const kept = new Set([...entries.keys(), ...markers, catalogName.finished(volume)]);
    if (from.newest()?.id === this.wayBack(volume)) kept.add(catalogName.wayBack(volume));
    if (fs.existsSync(from.at.arrived)) kept.add(catalogName.arrived(volume));
    for (const name of namesIn(this.folder)) {
      if (isOf(volume, name) && !kept.has(name)) removeIfThere(this.path(name));
    }
    for (const entry of entries.values()) if (entry) this.add(entry);
    for (const name of markers) writeDurably(this.path(name), volume);
    return entries.size;
  }

  /** Makes a catalog that was lost anew. Returns the number of snapshots in it. */
  rebuild(): number {
    return namesIn(storeLayout(this.store).volumes).reduce((sum, volume) => sum + this.refresh(volume), 0);
  }

  private path(name: string): string {
    return `${this.folder}/${name}`;
  }
}

function isOf(volume: string, name: string): boolean {
  return volumeOf(name) === volumeInCatalog(volume);
}

/** The volume that a file of the catalog is about, as `volumeInCatalog` writes it; of a temporary file, too. */
function volumeOf(name: string): string {
  const at = name.indexOf('@');
  return at >= 0 ? name.slice(0, at) : name.replace(/\.(pending|finished|back|arrived)(\.tmp)?$/, '');
}
