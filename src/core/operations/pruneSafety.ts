import type { RetentionPolicy } from '../retention';
import type { SnapshotEntry } from '../snapshotEntry';
import type { Host, Run } from './run';
import { ask } from './ask';
import { openHelper } from './openHelper';

/** Deletes a volume's safety snapshots that are no longer to be kept; returns them. Works for volumes that are gone too. */
export async function pruneSafety(
  host: Host,
  { volume, policy }: { volume: string; policy: RetentionPolicy },
  run: Run,
): Promise<SnapshotEntry[]> {
  await using helper = await openHelper(host.engine, { operation: 'retention', lock: volume, store: true }, run);
  const { pruned, freedBytes } = await ask(helper, 'snapshot.prune', { volume, policy }, run);
  run.count({ bytesMoved: freedBytes });
  await helper.finish();
  return pruned;
}
