import type { Volume } from '../engine';
import type { NewVolumeSpec } from '../newVolumeSpec';
import type { Consistency, SnapshotEntry } from '../snapshotEntry';
import { uncounted } from './inParallel';
import { restoreToNewVolume } from './restoreToNew';
import type { Host, Run } from './run';
import { snapshotVolume } from './snapshot';

export interface CloneRequest {
  /** Name of an existing volume. */
  source: string;
  spec: NewVolumeSpec;
  /** Of the source; as for a snapshot when absent. */
  consistency?: Consistency;
}

/**
 * A new volume with what the source holds at one moment: a snapshot of it is taken, and the new volume is made equal to
 * that. Nothing of the new volume is left when that fails. The snapshot stays as the base of the next one, and goes by itself.
 */
export async function cloneVolume(
  host: Host,
  { source, spec, consistency }: CloneRequest,
  run: Run,
): Promise<{ volume: Volume; snapshot: SnapshotEntry }> {
  const asked = { volume: source, note: '', purpose: 'source' as const, ...(consistency && { consistency }) };
  const snapshot = await snapshotVolume(host, asked, uncounted(run));
  const volume = await restoreToNewVolume(host, { snapshot, name: spec.name, spec, isCopy: true }, run);
  return { volume, snapshot };
}
