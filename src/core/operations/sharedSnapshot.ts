import type { AgentSession } from '../agentClient/session';
import { fileOwnerIn } from '../folderVolumes';
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
  const owner = fileOwnerIn(volume);
  const goal = { source: snapshot.volume.name, snapshot: snapshot.id, volume, ...(owner && { owner }) };
  return ask(helper, 'snapshot.share', goal, run);
}

/** What it was made for has failed. What cannot be removed now is a whole snapshot, which people can see and delete. */
export function removeShared(host: Host, snapshot: SnapshotEntry, why: unknown, run: Run): Promise<void> {
  const uncancelled = withSignal(run, new AbortController().signal);
  return clearUpAfter(why, () => deleteSnapshot(host, { snapshot }, uncancelled));
}
