import type { RestoreGoal } from '../../core/agentProtocol';
import type { Entry } from '../../core/entry';
import type { VolumeSpec } from '../../core/snapshotEntry';
import { VolumeStore } from '../store/volumeStore';
import { ownedBy } from './ownedBy';

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
  { source: from, snapshot, target: spec, owner }: RestoreGoal,
): Promise<Goal> {
  const source = new VolumeStore(root, from);
  const { entries } = await source.readManifest(snapshot);
  const wanted = ownedBy(entries, owner);
  return { source, target: new VolumeStore(root, spec.name), snapshot, spec, wanted };
}
