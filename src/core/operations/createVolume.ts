import type { Volume } from '../engine';
import { hasOwnPlace, type NewVolumeSpec } from '../newVolumeSpec';
import { removeNew } from './newVolume';
import { openHelper } from './openHelper';
import type { Host, Run } from './run';

/**
 * Creates a volume. The engine looks only when it mounts one whether the place that its options name is there: so that is
 * tried, and a volume that could never be used is removed again. Rejects with volumeExists, volumeNotMountable.
 */
export async function createVolume(host: Host, spec: NewVolumeSpec, run: Run): Promise<Volume> {
  run.phase('create');
  const volume = await host.engine.createVolume(spec, run.signal);
  if (!hasOwnPlace(volume) && volume.driver === 'local') return volume;
  try {
    await using helper = await openHelper(
      host.engine,
      { operation: 'create', lock: volume.name, volume: { spec: volume, readOnly: true }, store: false },
      run,
    );
    await helper.finish();
    return volume;
  } catch (error) {
    // With other drivers, what it may hold would go with it.
    if (volume.driver === 'local') await removeNew(host, volume.name, error);
    throw error;
  }
}
