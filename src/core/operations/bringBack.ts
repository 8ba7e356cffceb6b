import { Failure, isFailure } from '../failure';
import { hasHiddenOptions, hasOwnPlace } from '../newVolumeSpec';
import type { SnapshotEntry } from '../snapshotEntry';
import { ask } from './ask';
import { sayGoodbye } from './goodbye';
import { createNew, removeNew } from './newVolume';
import { openHelper } from './openHelper';
import type { Host, Run } from './run';
import { countSwitch, withdrawFinished } from './switch';
import { refuseUse } from './users';

/**
 * Makes a volume that is gone again, with its name, driver, labels and options, and the content of its snapshot. Where driver or
 * options name a place whose files have outlived the volume, as a folder or a share does, these are left as they are: false.
 * Rejects with volumeNotEmpty when somebody has written to it meanwhile.
 */
export async function bringBack(host: Host, { snapshot }: { snapshot: SnapshotEntry }, run: Run): Promise<boolean> {
  const { name, driver, labels, options } = snapshot.volume;
  if (hasHiddenOptions(snapshot.volume)) throw new Failure('volumeSecretUnknown', { volume: name });
  const volume = await createNew(host.engine, { name, driver, labels, options });
  const holdsOthers = hasOwnPlace(volume) || driver !== 'local';
  // Removing it may remove what it holds, and that may be somebody's.
  let isOurs = !holdsOthers;
  try {
    await using helper = await openHelper(
      host.engine,
      { operation: 'bringBack', lock: name, volume: { spec: volume, readOnly: false }, store: true },
      run,
    );
    const { entries } = await ask(helper, 'volume.size', {}, run);
    if (entries > 1) {
      if (!holdsOthers) throw new Failure('volumeNotEmpty', { volume: name });
      await helper.finish();
      return false;
    }
    isOurs = true;
    await ask(helper, 'restore.prepare', { source: name, snapshot: snapshot.id, target: volume }, run);
    await refuseUse(host.engine, volume);
    // What is half-way in a place of its own is for recovery to finish, and not to be forgotten.
    isOurs = !holdsOthers;
    countSwitch(run, await ask(helper, 'restore.switch', {}, run));
    if ((await sayGoodbye(helper)).lost) await withdrawFinished(host, { target: volume, helper });
    return true;
  } catch (error) {
    if (isOurs && !isFailure(error, 'volumeNotEmpty')) await removeNew(host, name, error);
    throw error;
  }
}
