import { assertSame, treeOf } from '../equality';
import { never } from '../../fixtures/engine';
import { withVolume, type Bed } from '../bed';
import { interleaved } from '../interleaved';
import { copyVolume } from '../peers/containers';

/** A first snapshot, which has to copy everything, beside `cp -a` of everything. */
export async function firstSnapshot(bed: Bed, round: number): Promise<void> {
  const { operations, volume } = bed;
  const { snapshots } = await operations.test.engine.readCatalog(never);
  for (const snapshot of snapshots) await operations.delete(snapshot);
  await withVolume(bed, async (copy) => {
    await interleaved(bed, round, [
      { name: 'first snapshot', run: () => operations.snapshot(volume) },
      { name: 'cp -a', run: () => copyVolume(bed, volume, copy) },
    ]);
    assertSame(await treeOf(bed, copy), await treeOf(bed, volume), 'cp -a');
  });
}
