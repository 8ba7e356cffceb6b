import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import type { Entry, Loss } from '../../core/entry';
import type { SnapshotEntry, SnapshotRequest, VolumeSpec } from '../../core/snapshotEntry';
import { objectsOf } from '../../core/objectSet';
import { snapshotId } from '../../core/storeLayout';
import type { StageTimes } from '../../core/timings/record';
import { findDatabases } from '../databases';
import { Losses } from '../losses';
import type { Pace } from '../pace';
import { failingWhenFull } from '../space';
import { Catalog } from '../store/catalog';
import { flushStore, makeVisible } from '../store/commit';
import { writeManifest } from '../store/manifestFile';
import { NewObjects } from '../store/newObjects';
import { refusePending, removeIfUnused } from '../store/pending';
import { describeSnapshot } from '../store/recordedSnapshot';
import { dropUncommitted } from '../store/uncommitted';
import { VolumeStore } from '../store/volumeStore';

/** A tree that comes from elsewhere, and what is known of it. */
export interface TreeFromElsewhere {
  /** ISO 8601, of the data. */
  time: string;
  request: SnapshotRequest;
  losses: readonly Loss[];
  /** For the progress, where it is known beforehand. */
  totals: { totalFiles?: number; totalBytes?: number };
  /** How long each of the stages of `read` was waited for; absent of what does not arrive from outside. */
  stages?(): StageTimes;
  /** Whether there clearly is no room for it. */
  refuseTooLarge(store: VolumeStore): void;
  /** Bytes of content that it adds to the store, where that is not what `objects` were made of. */
  addedBytes?(): number;
  /** Nothing of it was committed: what `read` has made besides new objects is to go. */
  dropped?(): void;
  /** All of it; rejects where it is not whole. */
  read(into: { store: VolumeStore; objects: NewObjects; losses: Losses }): Promise<readonly Entry[]>;
}

/**
 * Makes a tree that comes from elsewhere a snapshot of a volume. Nothing is visible before all of it was read; whatever goes
 * wrong, nothing of it stays.
 */
export async function storeTree(
  root: string,
  volume: VolumeSpec,
  { time, request, totals, ...tree }: TreeFromElsewhere,
  pace: Pace,
): Promise<SnapshotEntry> {
  const store = new VolumeStore(root, volume.name);
  refusePending(store);
  const id = snapshotId(new Date(), randomBytes(3));
  const catalog = new Catalog(root);
  store.makeFolders();
  try {
    tree.refuseTooLarge(store);
    catalog.announceSnapshot(store.volume, id);
    fs.mkdirSync(`${store.at.incoming}/${id}`, { mode: 0o700 });
    if (tree.stages) pace.phase('unpack', totals, () => tree.stages!());
    else pace.phase('copy', totals);
    using objects = new NewObjects(store.at.objects, id);
    const losses = new Losses(tree.losses);
    const entries = await failingWhenFull('storeFull', root, () => tree.read({ store, objects, losses }));
    pace.phase('flush');
    objects.removeUnnamed(objectsOf(entries));
    const header = { format: 2 as const, snapshot: id, volume: { name: volume.name, createdAt: volume.createdAt } };
    // Its records are of no place: they prove nothing of any volume.
    const nowhere = { stamp: '0', fileSystem: 0, device: '', root: '' };
    await writeManifest(`${store.at.incoming}/${id}/manifest`, { ...header, ...nowhere }, entries);
    const databases = findDatabases(entries, store.at.objects);
    const phases = pace.takePhases();
    const taken = { id, volume, time, entries, losses: losses.list(), databases, phases };
    const described = describeSnapshot(store, taken, request);
    const entry = tree.addedBytes ? { ...described, addedBytes: tree.addedBytes() } : described;
    fs.writeFileSync(`${store.at.incoming}/${id}/entry.json`, JSON.stringify(entry), { mode: 0o600 });
    await pace.orCancelled(flushStore(store));
    await pace.beginCritical();
    makeVisible(store, entry);
    catalog.withdrawSnapshot(store.volume, id);
    return entry;
  } catch (error) {
    dropUncommitted(store, id);
    // Whatever went wrong after the commit: it is committed.
    if (!store.has(id)) tree.dropped?.();
    removeIfUnused(store);
    throw error;
  }
}
