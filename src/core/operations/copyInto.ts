import { measureItems, tarOfItems, type FolderSize } from '../archive/folderTar';
import type { Volume } from '../engine';
import { isFailure } from '../failure';
import type { SnapshotEntry } from '../snapshotEntry';
import { ask } from './ask';
import { waitUntilUp } from './comingUp';
import { uncounted } from './inParallel';
import { openHelper } from './openHelper';
import { restoreSnapshots, type RestoreResult } from './restore';
import type { Host, Run } from './run';
import { removeShared } from './sharedSnapshot';
import { snapshotVolume } from './snapshot';
import { stoppedForRestore } from './users';
import { whileStopped } from './whileStopped';
import { withRate } from './withRate';

export interface CopyIntoRequest {
  volume: string;
  /** Files and folders of this machine. */
  items: readonly string[];
}

/**
 * Puts files and folders into a volume, under their own names: what has the same name is replaced, all else stays. What the volume
 * holds and they become one snapshot, and the volume is restored to that: with a safety snapshot, and an undo. Its containers stand
 * still for all of it, so that nothing they write is missing in between.
 */
export async function copyInto(host: Host, { volume: name, items }: CopyIntoRequest, run: Run): Promise<RestoreResult> {
  const { engine } = host;
  const known = await measureItems(items, run.signal);
  const volume = await engine.inspectVolume(name, run.signal);
  const containers = await stoppedForRestore(engine, [volume], run.signal);
  using watchdog = containers.length > 0 ? host.startWatchdog() : undefined;
  const keepStopped = (error: unknown) => isFailure(error, 'restoreIncomplete');
  const freeze = { operation: 'restore' as const, volumes: [volume], containers, watchdog, keepStopped };
  const work = async (): Promise<RestoreResult> => {
    const base = await snapshotVolume(host, { volume: name, note: '', purpose: 'source' }, uncounted(run));
    const both = await unpackOver(host, { volume, base, items, known }, run);
    try {
      return await restoreSnapshots(host, [{ snapshot: both, volume: name, purpose: 'sync', anyVersion: true }], run);
    } catch (error) {
      if (!keepStopped(error)) await removeShared(host, both, error, run);
      throw error;
    }
  };
  const { result, restarted } = await whileStopped(host, freeze, run, work);
  await waitUntilUp(host, restarted, run);
  return { ...result, restarted: restarted.map((each) => each.name) };
}

async function unpackOver(
  host: Host,
  { volume, base, items, known }: { volume: Volume; base: SnapshotEntry; items: readonly string[]; known: FolderSize },
  run: Run,
): Promise<SnapshotEntry> {
  const { files: totalFiles, bytes: totalBytes, losses } = known;
  await using helper = await openHelper(host.engine, { operation: 'import', lock: volume.name, store: true }, run);
  const params = { volume, note: '', over: base.id, purpose: 'source' as const, totalFiles, totalBytes, losses };
  const input = tarOfItems(items, run.signal);
  const both = await ask(helper, 'snapshot.unpackForeign', params, withRate(run), { input });
  await helper.finish();
  return both;
}
