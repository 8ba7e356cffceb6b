import { Failure } from '../../core/failure';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import { Catalog } from '../store/catalog';
import { flushFolder, writeDurably } from '../store/durable';
import { VolumeStore } from '../store/volumeStore';

/** Gives a committed snapshot another note; the only thing of it that ever changes. */
export function changeNote(root: string, volume: string, snapshot: string, note: string): SnapshotEntry {
  const store = new VolumeStore(root, volume);
  if (!store.has(snapshot)) throw new Failure('snapshotNotFound', { volume, snapshot });
  const entry = store.readEntry(snapshot);
  if (!entry) throw new Failure('snapshotDamaged', { snapshot, reason: 'entry.json' });
  const changed = { ...entry, note };
  const folder = `${store.at.snapshots}/${snapshot}`;
  writeDurably(`${folder}/entry.json`, JSON.stringify(changed));
  flushFolder(folder);
  new Catalog(root).add(changed);
  return changed;
}
