import { never } from '../../fixtures/engine';
import { change, withVolume, type Bed } from '../bed';
import { assertSame, assertSameAsPeersKeep, treeOf } from '../equality';
import { interleaved } from '../interleaved';
import { copyVolume } from '../peers/containers';

/**
 * A clone of a volume of which there are snapshots, beside `cp -a`; then, after a change of 2 %, a sync of each to its copy, ours
 * with two snapshots (of the source, and the safety one of the target), beside `rsync -a --delete`.
 */
export async function copies(bed: Bed, round: number): Promise<void> {
  const { operations, volume, rsync } = bed;
  await withVolume(bed, async (copied) => {
    const clone = { ...volume, name: operations.test.name(`clone-${round}`) };
    try {
      await interleaved(bed, round, [
        { name: 'clone', run: () => operations.clone(volume, `clone-${round}`) },
        { name: 'cp -a of a clone', run: () => copyVolume(bed, volume, copied) },
      ]);
      const expected = await treeOf(bed, volume);
      assertSame(await treeOf(bed, clone), expected, 'clone');
      assertSame(await treeOf(bed, copied), expected, 'cp -a');

      await change(bed);
      await interleaved(bed, round, [
        { name: 'sync', run: () => operations.sync(volume, clone) },
        ...(rsync ? [{ name: 'rsync' as const, run: () => rsync.sync(volume, copied) }] : []),
      ]);
      const changed = await treeOf(bed, volume);
      assertSame(await treeOf(bed, clone), changed, 'sync');
      if (rsync) assertSameAsPeersKeep(await treeOf(bed, copied), changed, 'rsync');
    } finally {
      await operations.test.engine.removeVolume(clone.name);
    }
    const { snapshots } = await operations.test.engine.readCatalog(never);
    for (const snapshot of snapshots) if (snapshot.volume.name === clone.name) await operations.delete(snapshot);
  });
}
