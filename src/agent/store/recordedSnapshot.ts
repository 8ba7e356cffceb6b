import { type Database, withVersions } from '../../core/database';
import type { Entry, Loss } from '../../core/entry';
import { isObjectOf } from '../../core/objectSet';
import { linkGroup } from '../../core/hardLinks';
import { specOf, type SnapshotEntry, type SnapshotRequest, type VolumeSpec } from '../../core/snapshotEntry';
import type { Phase } from '../../core/timings/record';
import type { VolumeStore } from './volumeStore';

/** Sizes of a list of entries; the names of one inode count once in bytes. */
export function measure(entries: readonly Entry[], counts: (entry: Entry) => boolean = () => true) {
  const inodes = new Set<bigint>();
  let files = 0;
  let bytes = 0;
  for (const entry of entries) {
    if (entry.type !== 'file' || !counts(entry)) continue;
    files++;
    const group = linkGroup(entry);
    if (group !== undefined && inodes.has(group)) continue;
    if (group !== undefined) inodes.add(group);
    bytes += entry.size;
  }
  return { files, bytes };
}

export interface Taken {
  id: string;
  volume: VolumeSpec;
  time: string;
  entries: readonly Entry[];
  losses: Loss[];
  databases: Database[];
  phases: Phase[];
}

/** What `entry.json` says of a snapshot that is about to be committed after the ones that are there. */
export function describeSnapshot(store: VolumeStore, taken: Taken, request: SnapshotRequest): SnapshotEntry {
  const { id, volume, time, entries, losses, phases } = taken;
  const newest = store.newest();
  const { files, bytes } = measure(entries);
  const databases = withVersions(taken.databases, request.databases ?? []);
  return {
    format: 1,
    id,
    sequence: (newest?.sequence ?? 0) + 1,
    volume: specOf(volume),
    time,
    ...request,
    databases,
    losses,
    entries: entries.length,
    files,
    totalBytes: bytes,
    addedBytes: measure(entries, (entry) => isObjectOf(id, entry)).bytes,
    ...(newest && { parent: newest.id }),
    phases: phases.map((phase) => ({ ...phase, ms: Math.round(phase.ms) })),
  };
}
