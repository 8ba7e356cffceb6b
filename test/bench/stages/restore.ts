import type { Volume } from '../../../src/core/engine';
import type { SnapshotEntry } from '../../../src/core/snapshotEntry';
import { change, withVolume, type Bed } from '../bed';
import { assertSame, assertSameAsPeersKeep, treeOf, treeOfSnapshot } from '../equality';
import { interleaved } from '../interleaved';
import { unpackVolume } from '../peers/containers';

/**
 * Going back to the last snapshot after another change of 2 %, which the safety snapshot has to save first, beside
 * unpacking the archive and restic's restore. The peers know no way but everything, into an empty volume.
 */
export async function restore(bed: Bed, round: number, snapshot: SnapshotEntry, archives: Volume): Promise<void> {
  const { operations, volume, restic } = bed;
  const expected = await treeOf(bed, volume);
  await change(bed);
  await withVolume(bed, (unpacked) =>
    withVolume(bed, async (restored) => {
      await interleaved(bed, round, [
        { name: 'restore', run: () => operations.restore(volume, snapshot) },
        { name: 'tar xzf', run: () => unpackVolume(bed, archives, unpacked) },
        ...(restic ? [{ name: 'restic restore' as const, run: () => restic.restore(restored) }] : []),
      ]);
      assertSame(await treeOf(bed, volume), expected, 'restore');
      assertSameAsPeersKeep(await treeOf(bed, unpacked), expected, 'tar xzf');
      if (restic) assertSameAsPeersKeep(await treeOf(bed, restored), expected, 'restic restore');
    }),
  );
  // The restore has only looked at what differed: this reads every object of the snapshot.
  assertSame(await treeOfSnapshot(bed, snapshot), expected, 'restore to a new volume');
}
