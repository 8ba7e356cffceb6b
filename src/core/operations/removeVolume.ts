import type { Container, Volume, VolumeEngine } from '../engine';
import { Failure, isFailure } from '../failure';
import type { SnapshotEntry } from '../snapshotEntry';
import { clearUpAfter } from './clearUpAfter';
import { deleteSnapshot } from './deleteSnapshot';
import { withSignal } from './inParallel';
import type { Host, Run } from './run';
import { snapshotVolume } from './snapshot';
import { forgetSwitch } from './switch';

export interface RemoveRequest {
  /** As it was shown: one that was created anew since is another one. */
  volume: Pick<Volume, 'name' | 'made'>;
  purpose: 'remove' | 'prune';
  /** Whether a snapshot is taken first, by which it can be brought back. */
  keeps: boolean;
}

/**
 * Removes a volume that no container uses, after a snapshot of it. Whether it is used, only the engine decides: it is asked to
 * remove this one volume, and never to prune. When it refuses, the snapshot goes again.
 */
export async function removeVolume(
  host: Host,
  { volume: { name, made }, purpose, keeps }: RemoveRequest,
  run: Run,
): Promise<SnapshotEntry | undefined> {
  const { engine } = host;
  const [found] = (await engine.listVolumes(run.signal)).filter((each) => each.name === name);
  if (!found) throw new Failure('volumeNotFound', { volume: name });
  if (found.made !== made) throw new Failure('volumeRecreated', { volume: name });
  await refuseMounted(engine, name, run.signal);
  const snapshot = keeps ? await snapshotVolume(host, { volume: name, note: '', purpose }, run) : undefined;
  run.phase('remove');
  try {
    await removeIfUnused(engine, name, run.signal);
  } catch (error) {
    const uncancelled = withSignal(run, new AbortController().signal);
    if (snapshot) await clearUpAfter(error, () => deleteSnapshot(host, { snapshot }, uncancelled));
    throw error;
  }
  // A switch of it that was interrupted has nothing left to make whole.
  if (!keeps) await forgetSwitch(host, name);
  return snapshot;
}

/** Not cancellable: it may be done already. */
export async function removeIfUnused(engine: VolumeEngine, name: string, signal: AbortSignal): Promise<void> {
  try {
    await engine.removeVolume(name);
  } catch (error) {
    if (!isFailure(error, 'engineError') || error.details.status !== 409) throw error;
    await refuseMounted(engine, name, signal);
    const holder = (await engine.listOwnContainers(signal)).find(({ lock }) => lock === name);
    if (!holder) throw new Failure('volumeInUse', { volume: name, containers: [] });
    const { operation, owner } = holder;
    throw new Failure('volumeBusy', { volume: name, ...(operation && { operation }), ...owner });
  }
}

/** The containers, in any state, that the engine would refuse to remove it for. */
export function mountedBy(containers: readonly Container[], volume: string): Container[] {
  return containers.filter(({ mounts }) => mounts.some(({ type, name }) => type === 'volume' && name === volume));
}

export async function refuseMounted(engine: VolumeEngine, volume: string, signal: AbortSignal): Promise<void> {
  const containers = mountedBy(await engine.listContainers(signal), volume).map(({ name }) => name);
  if (containers.length > 0) throw new Failure('volumeInUse', { volume, containers });
}
