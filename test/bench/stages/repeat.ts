import type { Volume } from '../../../src/core/engine';
import type { SnapshotEntry } from '../../../src/core/snapshotEntry';
import { change, type Bed } from '../bed';
import { interleaved } from '../interleaved';
import { packVolume } from '../peers/containers';

/** The next snapshot after a change of 2 %, beside an archive of everything and restic's next backup. */
export async function repeatSnapshot(bed: Bed, round: number, archives: Volume): Promise<SnapshotEntry> {
  const { operations, volume, restic } = bed;
  let snapshot!: SnapshotEntry;
  await change(bed);
  await interleaved(bed, round, [
    { name: 'repeat snapshot', run: async () => (snapshot = await operations.snapshot(volume)) },
    { name: 'tar czf', run: () => packVolume(bed, volume, archives) },
    ...(restic ? [{ name: 'restic backup' as const, run: () => restic.backup(volume) }] : []),
  ]);
  return snapshot;
}
