import { change, settle, type Bed } from '../bed';
import { assertSame, treeOf, withoutWriterLog } from '../equality';
import { writerLog } from '../generate/tree';

/** Writes without pause, and ends when it is asked to. */
const writer = `trap 'exit 0' TERM; while :; do echo tick >> /data/${writerLog}; sleep 0.01; done`;

/** How long an app that writes to the volume stands still for a snapshot and for a restore. */
export async function volumeInUse(bed: Bed): Promise<void> {
  const { operations, volume, times } = bed;
  const container = await operations.test.startContainer([volume], { command: ['sh', '-c', writer], Init: false });
  try {
    await change(bed);
    await settle(bed);
    const snapshot = await operations.snapshot(volume, { consistency: 'paused' });
    times.freeze.push(snapshot.frozenMs);

    const expected = withoutWriterLog(await treeOf(bed, volume));
    await change(bed);
    await settle(bed);
    await operations.restore(volume, snapshot);
    const { downtimeMs, phases } = operations.records.at(-1)!;
    const own = phases.filter(({ name }) => name === 'stop' || name === 'start').reduce((sum, { ms }) => sum + ms, 0);
    times['restore downtime'].push(downtimeMs);
    // These phases also hold the opening and closing of the journal, during which the app runs.
    times['restore downtime beyond'].push(Math.max(0, downtimeMs - own));
    assertSame(withoutWriterLog(await treeOf(bed, volume)), expected, 'restore of a volume in use');
  } finally {
    await operations.test.docker.getContainer(container).remove({ force: true });
  }
}
