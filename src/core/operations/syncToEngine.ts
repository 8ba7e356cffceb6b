import type { Changes } from '../changes';
import type { VolumeEngine } from '../engine';
import { Failure, isFailure } from '../failure';
import { specOfNew } from '../newVolumeSpec';
import type { Consistency, SnapshotEntry, VolumeSpec } from '../snapshotEntry';
import { specOf } from '../snapshotEntry';
import { whyHalted } from '../syncRules';
import { uncounted } from './inParallel';
import { onOther } from './otherEngine';
import { previewRestore } from './previewRestore';
import { restoreSnapshots, type RestoreRequest, type RestoreResult } from './restore';
import { restoreToNewVolume } from './restoreToNew';
import type { Host, Run } from './run';
import { forSafety } from './safetyPart';
import { snapshotVolume } from './snapshot';
import { refuseSameEngine, transfer } from './transfer';

export interface BringRequest {
  /** Name of a volume here, and of one there, which is made when there is none. */
  source: string;
  target: string;
  /** Of zstd, on the way. */
  level: number;
  /** Of the source; as for a snapshot when absent. */
  consistency?: Consistency;
}

/** A snapshot of a volume, and the one that it has become on another engine. */
export interface Brought {
  snapshot: SnapshotEntry;
  copy: SnapshotEntry;
  /** On the way, all that was said. */
  sentBytes: number;
}

export interface FarSyncRequest extends BringRequest {
  /** What a preview has brought over; else it is brought now. */
  brought?: Brought;
  /** Also when it looks like an accident (`core/syncRules.ts`): somebody has said so. */
  evenSo?: boolean;
  /** Also under a database of another major version than the one whose data the source holds. */
  anyVersion?: boolean;
}

/** `restored` is absent where the volume was made for it. */
export interface FarSync extends Brought {
  restored?: RestoreResult;
}

/**
 * Makes a volume on another engine equal to one here: a snapshot of it is brought over, and the volume there is restored to
 * that, with its safety snapshot, its stop and start and its undo, all on the other engine. Only what differs goes over the
 * way. A sync that looks like an accident is refused with syncHalted, before anything there is stopped or changed.
 */
export async function syncToEngine(near: Host, far: Host, request: FarSyncRequest, run: Run): Promise<FarSync> {
  const { source, target, evenSo = false, anyVersion = false } = request;
  const brought = request.brought ?? (await bringOver(near, far, request, run));
  const { copy, snapshot } = brought;
  // What went over the way is the figure of it.
  const writing = uncounted(run);
  return onOther(far, async () => {
    if (!(await volumeNamed(far.engine, target, run.signal))) {
      await restoreToNewVolume(far, { snapshot: copy, name: target }, writing);
      return brought;
    }
    const accept: NonNullable<RestoreRequest['accept']> = (changes, present) => {
      const why = evenSo ? undefined : whyHalted({ source: snapshot, target: present, changes });
      if (why) throw new Failure('syncHalted', { source, target, why });
    };
    const restore = { snapshot: copy, volume: target, purpose: 'sync' as const, accept, anyVersion };
    return { ...brought, restored: await restoreSnapshots(far, [restore], writing) };
  });
}

/** What such a sync would change now, and what was brought over for it; without changes where the volume would be made. */
export async function previewSyncToEngine(
  near: Host,
  far: Host,
  request: BringRequest,
  run: Run,
): Promise<{ brought: Brought; changes?: Changes }> {
  const brought = await bringOver(near, far, request, run);
  return onOther(far, async () => {
    if (!(await volumeNamed(far.engine, request.target, run.signal))) return { brought };
    const changes = await previewRestore(far, { snapshot: brought.copy, volume: request.target }, run);
    return { brought, changes };
  });
}

async function bringOver(
  near: Host,
  far: Host,
  { source, target, level, consistency }: BringRequest,
  run: Run,
): Promise<Brought> {
  refuseSameEngine(near.engine, far.engine);
  const spec = await near.engine.inspectVolume(source, run.signal);
  // What is refused there is refused before anything here is frozen.
  const volume = await onOther(far, () => targetSpec(far, { source: spec, target }, run));
  const asked = { volume: source, note: '', purpose: 'source' as const, ...(consistency && { consistency }) };
  const snapshot = await snapshotVolume(near, asked, uncounted(run));
  const { copy, sentBytes } = await transfer(near, far, { snapshot, target: volume, level }, run);
  return { snapshot, copy, sentBytes };
}

/** Whose content is not known there yet is taken up there first: of that, nothing has to be sent. */
async function targetSpec(
  far: Host,
  { source, target }: { source: VolumeSpec; target: string },
  run: Run,
): Promise<VolumeSpec> {
  const { engine } = far;
  const volume = await volumeNamed(engine, target, run.signal);
  if (!volume) return { ...specOfNew(source, target), createdAt: '' };
  const { snapshots } = await engine.readCatalog(run.signal);
  if (!snapshots.some((snapshot) => snapshot.volume.name === target)) {
    await snapshotVolume(
      far,
      { volume: target, note: '', purpose: 'sync', consistency: 'live' },
      forSafety(uncounted(run)),
    );
  }
  return specOf(volume);
}

async function volumeNamed(engine: VolumeEngine, name: string, signal: AbortSignal) {
  try {
    return await engine.inspectVolume(name, signal);
  } catch (error) {
    if (isFailure(error, 'volumeNotFound')) return undefined;
    throw error;
  }
}
