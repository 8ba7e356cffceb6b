import type { Container, Volume, VolumeEngine } from '../engine';
import { Failure, isFailure } from '../failure';
import { hasOwnPlace } from '../newVolumeSpec';
import type { SnapshotEntry } from '../snapshotEntry';
import { clearUpAfter } from './clearUpAfter';
import { deleteSnapshot } from './deleteSnapshot';
import { withSignal } from './inParallel';
import type { Host, Run } from './run';
import { snapshotVolume } from './snapshot';
import { forgetSwitch } from './switch';
import { uses } from './users';

export interface RemoveRequest {
  /** As it was shown: one that was created anew since is another one. */
  volume: Pick<Volume, 'name' | 'made'>;
  purpose: 'remove' | 'prune';
  /** Whether a snapshot is taken first, by which it can be brought back. */
  keeps: boolean;
  /** Also when that snapshot does not hold all of it. */
  evenSo?: boolean;
}

/**
 * Removes a volume that no container uses, after a snapshot of it. Whether it is used, only the engine decides: it is asked to
 * remove this one volume, and never to prune. When it refuses, the snapshot goes again. Rejects with snapshotNotWhole when the
 * snapshot lacks something; nothing is removed then.
 */
export async function removeVolume(
  host: Host,
  { volume: { name, made }, purpose, keeps, evenSo }: RemoveRequest,
  run: Run,
): Promise<SnapshotEntry | undefined> {
  const { engine } = host;
  const [found] = (await engine.listVolumes(run.signal)).filter((each) => each.name === name);
  if (!found) throw new Failure('volumeNotFound', { volume: name });
  if (found.made !== made) throw new Failure('volumeRecreated', { volume: name });
  await refuseSeen(engine, found, run.signal);
  const snapshot = keeps ? await snapshotVolume(host, { volume: name, note: '', purpose }, run) : undefined;
  run.phase('remove');
  let isAsked = false;
  try {
    if (snapshot && !evenSo) refuseLosses(snapshot);
    await refuseSeen(engine, found, run.signal);
    isAsked = true;
    await removeIfUnused(engine, name, run.signal);
  } catch (error) {
    if (!isAsked || isRefused(error)) {
      const uncancelled = withSignal(run, new AbortController().signal);
      if (snapshot) await clearUpAfter(error, () => deleteSnapshot(host, { snapshot }, uncancelled));
      throw error;
    }
    // Nobody knows how much of it the engine has removed, or still removes: the snapshot stays.
    if (!(await isGone(engine, name))) throw error;
  }
  // A switch of it that was interrupted has nothing left to make whole.
  if (!keeps) await forgetSwitch(host, name);
  return snapshot;
}

/** The engine has not removed any of it, for sure. */
export function isRefused(error: unknown): boolean {
  return isFailure(error, 'volumeInUse', 'volumeBusy');
}

/** What the engine has not answered it may have done all the same. False where that is not to be known. */
export async function isGone(engine: VolumeEngine, name: string): Promise<boolean> {
  const volumes = await engine.listVolumes(new AbortController().signal).catch(() => undefined);
  return volumes !== undefined && volumes.every((volume) => volume.name !== name);
}

/** Sockets are no data. */
export function refuseLosses({ volume, losses, consistency }: SnapshotEntry): void {
  const isLossy = losses.some(({ kind }) => kind !== 'socket') || consistency === 'live';
  if (isLossy) throw new Failure('snapshotNotWhole', { volume: volume.name, losses: [...losses], consistency });
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

/** Who mounts it, and who has its files by another way, of which the engine does not know. Where these outlive it, nobody loses them. */
async function refuseSeen(engine: VolumeEngine, volume: Volume, signal: AbortSignal): Promise<void> {
  const all = await engine.listContainers(signal);
  refuseContainers(volume.name, mountedBy(all, volume.name));
  if (!hasOwnPlace(volume)) {
    refuseContainers(
      volume.name,
      all.filter((each) => uses(each, volume)),
    );
  }
}

export async function refuseMounted(engine: VolumeEngine, volume: string, signal: AbortSignal): Promise<void> {
  refuseContainers(volume, mountedBy(await engine.listContainers(signal), volume));
}

function refuseContainers(volume: string, containers: readonly Container[]): void {
  if (containers.length > 0)
    throw new Failure('volumeInUse', { volume, containers: containers.map(({ name }) => name) });
}
