import type { AgentSession } from '../agentClient/session';
import type { SnapshotEntry, VolumeSpec } from '../snapshotEntry';
import { ask } from './ask';
import { clearUpAfter } from './clearUpAfter';
import { deleteSnapshot } from './deleteSnapshot';
import { withSignal } from './inParallel';
import type { Host, Run } from './run';

/**
 * Makes a snapshot of another volume one of `volume`, which the helper locks. What follows is then the restore of a
 * volume's own snapshot: it remembers what it has written, and the next copy moves only what differs.
 */
export function share(
  helper: AgentSession,
  { snapshot, volume }: { snapshot: SnapshotEntry; volume: VolumeSpec },
  run: Run,
): Promise<SnapshotEntry> {
  return ask(helper, 'snapshot.share', { source: snapshot.volume.name, snapshot: snapshot.id, volume }, run);
}

/** What it was made for has failed. What cannot be removed now is a whole snapshot, which people can see and delete. */
export function removeShared(host: Host, snapshot: SnapshotEntry, why: unknown, run: Run): Promise<void> {
  const uncancelled = withSignal(run, new AbortController().signal);
  return clearUpAfter(why, () => deleteSnapshot(host, { snapshot }, uncancelled));
}
