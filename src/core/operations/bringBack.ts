import { Failure } from '../failure';
import { hasHiddenOptions } from '../newVolumeSpec';
import type { SnapshotEntry } from '../snapshotEntry';
import { ask } from './ask';
import { sayGoodbye } from './goodbye';
import { createNew, removeNew } from './newVolume';
import { openHelper } from './openHelper';
import type { Host, Run } from './run';
import { countSwitch, withdrawFinished } from './switch';

/**
 * Makes a volume that is gone again, with its name, driver, labels and options, and the content of its snapshot. Where the
 * options name a place whose files have outlived the volume, as a folder or a share does, these are left as they are: false.
 */
export async function bringBack(host: Host, { snapshot }: { snapshot: SnapshotEntry }, run: Run): Promise<boolean> {
  const { name, driver, labels, options } = snapshot.volume;
  if (hasHiddenOptions(snapshot.volume)) throw new Failure('volumeSecretUnknown', { volume: name });
  const volume = await createNew(host.engine, { name, driver, labels, options });
  try {
    await using helper = await openHelper(
      host.engine,
      { operation: 'bringBack', lock: name, volume: { spec: volume, readOnly: false }, store: true },
      run,
    );
    const { entries } = await ask(helper, 'volume.size', {}, run);
    if (entries > 1) {
      await helper.finish();
      return false;
    }
    await ask(helper, 'restore.prepare', { source: name, snapshot: snapshot.id, target: volume }, run);
    countSwitch(run, await ask(helper, 'restore.switch', {}, run));
    if ((await sayGoodbye(helper)).lost) await withdrawFinished(host, { target: volume, helper });
    return true;
  } catch (error) {
    await removeNew(host, name, error);
    throw error;
  }
}
