import type { Volume, VolumeEngine } from '../engine';
import { isFailure } from '../failure';
import { specOfNew, type NewVolumeSpec } from '../newVolumeSpec';
import type { SnapshotEntry } from '../snapshotEntry';
import { clearUpAfter } from './clearUpAfter';
import type { Host } from './run';
import { forgetSwitch } from './switch';

/**
 * Creates an empty volume for a snapshot's content. Not cancellable: a request that was cut off may still have made the
 * volume, and nobody would remove it.
 */
export function createNew(engine: VolumeEngine, spec: NewVolumeSpec): Promise<Volume> {
  return engine.createVolume(spec, new AbortController().signal);
}

/** What cannot be removed because the engine is gone is finished by recovery: then the volume is whole. */
export function removeNew(host: Host, name: string, why: unknown): Promise<void> {
  return clearUpAfter(why, () => remove(host, name));
}

/** One that cannot be asked stays as well. */
function removeEmpty(host: Host, volume: Volume, why: unknown): Promise<void> {
  return clearUpAfter(why, async () => {
    if (await isEmpty(host, volume)) await remove(host, volume.name);
  });
}

async function remove(host: Host, name: string): Promise<void> {
  await host.engine.removeVolume(name);
  await forgetSwitch(host, name);
}

/** No more than its root folder is in it. */
async function isEmpty({ engine }: Host, volume: Volume): Promise<boolean> {
  const signal = new AbortController().signal;
  const mounts = { lock: volume.name, volume: { spec: volume, readOnly: true }, store: false };
  await using helper = await engine.openHelper({ operation: 'restore', ...mounts }, signal);
  const { entries } = await helper.request('volume.size', {}, { signal });
  await helper.finish();
  return entries === 1;
}

/**
 * Does `work` on volumes that are gone, made anew and empty for it under their old names. They are removed again when it
 * fails, but not after it has said to keep them, nor when recovery is still to finish it, nor one that somebody has
 * written to meanwhile.
 */
export async function withVolumesAnew<T>(
  host: Host,
  snapshots: readonly SnapshotEntry[],
  work: (keep: () => void) => Promise<T>,
): Promise<T> {
  let made: Volume[] = [];
  try {
    for (const snapshot of snapshots) {
      made.push(await createNew(host.engine, specOfNew(snapshot.volume, snapshot.volume.name)));
    }
    return await work(() => (made = []));
  } catch (error) {
    if (!isFailure(error, 'restoreIncomplete')) for (const volume of made) await removeEmpty(host, volume, error);
    throw error;
  }
}
