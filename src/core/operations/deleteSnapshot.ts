import { Failure } from '../failure';
import type { SnapshotEntry } from '../snapshotEntry';
import type { Host, Run } from './run';
import { ask } from './ask';
import { openHelper } from './openHelper';

/**
 * Deletes a snapshot, and the content that no other one of its volume shares; with a warning when that has to stay. Works
 * for volumes that are gone too.
 */
export async function deleteSnapshot(host: Host, request: { snapshot: SnapshotEntry }, run: Run): Promise<void> {
  const { id, volume } = request.snapshot;
  await using helper = await openHelper(
    host.engine,
    { operation: 'deleteSnapshot', lock: volume.name, store: true },
    run,
  );
  const { freedBytes, unswept } = await ask(helper, 'snapshot.delete', { volume: volume.name, snapshot: id }, run);
  run.count({ bytesMoved: freedBytes });
  if (unswept !== undefined) run.warn(new Failure('spaceNotFreed', { volume: volume.name, reason: unswept }));
  await helper.finish();
}
