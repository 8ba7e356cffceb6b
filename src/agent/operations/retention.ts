import type { AgentMethods } from '../../core/agentProtocol';
import { prunable, type RetentionPolicy } from '../../core/retention';
import type { Pace } from '../pace';
import { neededBy } from '../store/pending';
import { VolumeStore } from '../store/volumeStore';
import { deleteSnapshots } from './cleaning';

/**
 * Deletes the safety snapshots that are no longer to be kept, but for those that an unfinished switch needs. Goes by the
 * store itself and this machine's clock, which also wrote the times.
 */
export async function prune(
  root: string,
  volume: string,
  policy: RetentionPolicy,
  pace: Pace,
): Promise<AgentMethods['snapshot.prune']['result']> {
  const store = new VolumeStore(root, volume);
  const entries = store.snapshotIds().flatMap((id) => store.readEntry(id) ?? []);
  const pruned = prunable(entries, policy, new Date()).filter(({ id }) => !neededBy(root, volume, id));
  if (pruned.length === 0) return { pruned, freedBytes: 0 };
  const ids = pruned.map(({ id }) => id);
  return { pruned, ...(await deleteSnapshots(root, volume, ids, pace)) };
}
