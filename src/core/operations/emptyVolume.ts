import { clearUpAfter } from './clearUpAfter';
import { ask } from './ask';
import { deleteSnapshot } from './deleteSnapshot';
import { withSignal } from './inParallel';
import { openHelper } from './openHelper';
import { restoreSnapshots, type RestoreResult } from './restore';
import type { Host, Run } from './run';
import type { SnapshotEntry } from '../snapshotEntry';

/**
 * Removes all that is in a volume, and keeps the volume with its root folder's owner and mode. It is a restore, to a
 * snapshot with nothing in it: with the same safety snapshot, the same stop and start, and the same undo.
 */
export async function emptyVolume(host: Host, { volume }: { volume: string }, run: Run): Promise<RestoreResult> {
  const nothing = await takeNothing(host, volume, run);
  const forget = () => deleteSnapshot(host, { snapshot: nothing }, withSignal(run, new AbortController().signal));
  let result: RestoreResult;
  try {
    result = await restoreSnapshots(host, [{ snapshot: nothing, volume, purpose: 'empty', anyVersion: true }], run);
  } catch (error) {
    // One that a pending switch needs cannot be deleted, and is not.
    await clearUpAfter(error, forget);
    throw error;
  }
  // Left, it goes by itself; and the volume is empty, whatever becomes of it.
  await forget().catch(() => undefined);
  return result;
}

async function takeNothing({ engine }: Host, name: string, run: Run): Promise<SnapshotEntry> {
  const spec = await engine.inspectVolume(name, run.signal);
  await using helper = await openHelper(
    engine,
    { operation: 'empty', lock: name, volume: { spec, readOnly: true }, store: true },
    run,
  );
  const nothing = await ask(helper, 'snapshot.nothing', { volume: spec }, run);
  await helper.finish();
  return nothing;
}
