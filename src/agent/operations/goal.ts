import type { Entry } from '../../core/entry';
import type { VolumeSpec } from '../../core/snapshotEntry';
import { VolumeStore } from '../store/volumeStore';

/** What a volume is to be made equal to, and where from. */
export interface Goal {
  source: VolumeStore;
  target: VolumeStore;
  snapshot: string;
  spec: VolumeSpec;
  /** The snapshot's entries, with objects of `source`. */
  wanted: readonly Entry[];
}

/** Rejects with snapshotNotFound or snapshotDamaged. */
export async function readGoal(
  root: string,
  { source: from, snapshot, target: spec }: { source: string; snapshot: string; target: VolumeSpec },
): Promise<Goal> {
  const source = new VolumeStore(root, from);
  const { entries: wanted } = await source.readManifest(snapshot);
  return { source, target: new VolumeStore(root, spec.name), snapshot, spec, wanted };
}
