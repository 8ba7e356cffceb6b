import type { SnapshotEntry } from '../snapshotEntry';
import type { Host, Run } from './run';
import { ask } from './ask';
import { openHelper } from './openHelper';

/** Gives a snapshot another note; a safety snapshot with one is not removed by itself. */
export async function changeNote(
  host: Host,
  { snapshot, note }: { snapshot: SnapshotEntry; note: string },
  run: Run,
): Promise<SnapshotEntry> {
  const { id, volume } = snapshot;
  await using helper = await openHelper(host.engine, { operation: 'changeNote', lock: volume.name, store: true }, run);
  const changed = await ask(helper, 'snapshot.note', { volume: volume.name, snapshot: id, note }, run);
  await helper.finish();
  return changed;
}
