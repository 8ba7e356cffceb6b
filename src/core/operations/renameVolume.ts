import type { Volume } from '../engine';
import { Failure } from '../failure';
import { hasHiddenOptions, hasOwnPlace, specOfRenamed } from '../newVolumeSpec';
import type { SnapshotEntry } from '../snapshotEntry';
import { clearUpAfter } from './clearUpAfter';
import { cloneVolume } from './clone';
import { createVolume } from './createVolume';
import { deleteSnapshot } from './deleteSnapshot';
import { withSignal } from './inParallel';
import { previewRestore } from './previewRestore';
import { isGone, isRefused, refuseLosses, refuseMounted, removeIfUnused } from './removeVolume';
import type { Host, Run } from './run';

export interface RenameRequest {
  volume: Pick<Volume, 'name' | 'made'>;
  /** The new name. */
  name: string;
}

export interface Renamed {
  volume: Volume;
  /** The snapshot of the old one that was taken for it. */
  kept?: SnapshotEntry;
}

/**
 * Gives a volume that no container has another name, which engines cannot: a new one is made with the same driver, options and
 * labels, and the content is copied inside the engine; then the old one is removed. Where the options say where the data lies, nothing
 * is copied, for it is the same data. The snapshots of the old one stay. Rejects with volumeChangedMeanwhile when something was
 * written to the old one after it was copied, and with snapshotNotWhole when not all of it could be; then nothing has changed.
 */
export async function renameVolume(
  host: Host,
  { volume: { name: old, made }, name }: RenameRequest,
  run: Run,
): Promise<Renamed> {
  const { engine } = host;
  await refuseMounted(engine, old, run.signal);
  const found = (await engine.listVolumes(run.signal)).find((each) => each.name === old);
  if (!found) throw new Failure('volumeNotFound', { volume: old });
  if (found.made !== made) throw new Failure('volumeRecreated', { volume: old });
  if (hasHiddenOptions(found)) throw new Failure('volumeSecretUnknown', { volume: old });
  const spec = specOfRenamed(found, name);
  const renamed: Renamed = hasOwnPlace(found)
    ? { volume: await createVolume(host, spec, run) }
    : await cloneVolume(host, { source: old, spec }, run).then(({ volume, snapshot }) => ({ volume, kept: snapshot }));
  let isAsked = false;
  try {
    if (renamed.kept) await refuseDifference(host, renamed.kept, run);
    run.phase('remove');
    isAsked = true;
    await removeIfUnused(engine, old, run.signal);
  } catch (error) {
    if (!isAsked || isRefused(error)) {
      // The old one is as it was: there must not be two.
      await clearUpAfter(error, () => removeCopy(host, renamed, run));
      throw error;
    }
    // Nobody knows how much of the old one the engine has removed, or still removes: the new one has all of it.
    if (!(await isGone(engine, old))) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Failure('oldVolumeStays', { volume: old, name, reason }, { cause: error });
    }
  }
  return renamed;
}

/** Copying takes long, and nobody keeps others from using the old volume meanwhile. */
async function refuseDifference(host: Host, copied: SnapshotEntry, run: Run): Promise<void> {
  refuseLosses(copied);
  const { added, changed, removed } = await previewRestore(host, { snapshot: copied, volume: copied.volume.name }, run);
  const [first] = [...added.first, ...changed.first, ...removed.first];
  if (added.entries + changed.entries + removed.entries === 0) return;
  throw new Failure('volumeChangedMeanwhile', { volume: copied.volume.name, path: first?.path ?? '' });
}

/** With its snapshot, of which the old volume has the same. */
async function removeCopy(host: Host, { volume: { name }, kept }: Renamed, run: Run): Promise<void> {
  const uncancelled = withSignal(run, new AbortController().signal);
  await host.engine.removeVolume(name);
  const { snapshots } = await host.engine.readCatalog(uncancelled.signal);
  const copy = snapshots.find(({ volume, copyOf }) => volume.name === name && kept && copyOf?.snapshot === kept.id);
  if (copy) await deleteSnapshot(host, { snapshot: copy }, uncancelled);
}
