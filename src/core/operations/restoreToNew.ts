import type { AgentSession } from '../agentClient/session';
import type { Volume } from '../engine';
import { Failure, isFailure } from '../failure';
import { specOfNew, type NewVolumeSpec } from '../newVolumeSpec';
import type { SnapshotEntry } from '../snapshotEntry';
import { ask } from './ask';
import { sayGoodbye } from './goodbye';
import { createNew, removeNew } from './newVolume';
import { openHelper } from './openHelper';
import type { Host, Run } from './run';
import { removeShared, share } from './sharedSnapshot';
import { countSwitch, withdrawFinished } from './switch';

export interface NewVolumeRequest {
  snapshot: SnapshotEntry;
  name: string;
  /** What is made for it; else a plain volume with the labels of the old one. */
  spec?: NewVolumeSpec;
  /** The snapshot becomes one of the new volume as well: later copies to it, and its own next snapshot, move only what differs. */
  isCopy?: boolean;
}

/** Creates a volume with a snapshot's content. Nothing of it is left when that fails. */
export async function restoreToNewVolume(host: Host, request: NewVolumeRequest, run: Run): Promise<Volume> {
  const { snapshot, name } = request;
  const volume = await createNew(host.engine, request.spec ?? specOfNew(snapshot.volume, name));
  let shared: SnapshotEntry | undefined;
  // A driver may have found data under its options: removing the volume would remove that.
  let isOurs = volume.driver === 'local';
  try {
    await using helper = await openHelper(
      host.engine,
      { operation: 'restoreToNew', lock: name, volume: { spec: volume, readOnly: false }, store: true },
      run,
    );
    if (request.spec) await refuseFilled(helper, volume, run);
    isOurs = true;
    if (request.isCopy) shared = await share(helper, { snapshot, volume }, run);
    const { id, volume: source } = shared ?? snapshot;
    await ask(helper, 'restore.prepare', { source: source.name, snapshot: id, target: volume }, run);
    countSwitch(run, await ask(helper, 'restore.switch', {}, run));
    if ((await sayGoodbye(helper)).lost) await withdrawFinished(host, { target: volume, helper });
    return volume;
  } catch (error) {
    if (isOurs && !isFailure(error, 'volumeNotEmpty')) await removeNew(host, name, error);
    if (shared) await removeShared(host, shared, error, run);
    throw error;
  }
}

/** A driver and its options may name data that is there already, and that is nobody's to overwrite. */
async function refuseFilled(helper: AgentSession, { name }: Volume, run: Run): Promise<void> {
  const { entries } = await ask(helper, 'volume.size', {}, run);
  if (entries > 1) throw new Failure('volumeNotEmpty', { volume: name });
}
