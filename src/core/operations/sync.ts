import type { Changes } from '../changes';
import type { VolumeEngine } from '../engine';
import { Failure } from '../failure';
import type { Consistency, SnapshotEntry } from '../snapshotEntry';
import { whyHalted } from '../syncRules';
import { aliasesOf } from '../volumeFolders';
import { uncounted } from './inParallel';
import { previewRestore } from './previewRestore';
import { restoreSnapshots, type RestoreResult } from './restore';
import type { Host, Run } from './run';
import { snapshotVolume } from './snapshot';

export interface SyncRequest {
  /** Names of existing volumes. */
  source: string;
  target: string;
  /** Of the source, as a preview has shown it; else one is taken. */
  snapshot?: SnapshotEntry;
  /** Of the source; as for a snapshot when absent. */
  consistency?: Consistency;
  /** Also when it looks like an accident (`core/syncRules.ts`): somebody has said so. */
  evenSo?: boolean;
  /** Also under a database of another major version than the one whose data the source holds. */
  anyVersion?: boolean;
}

/**
 * Makes a volume equal to another one: a snapshot of the source is taken for it, and the target is restored to that, with
 * its safety snapshot and its undo. What the source becomes meanwhile does not matter. A sync that looks like an accident is
 * refused with syncHalted, before anything of the target is stopped or changed.
 */
export async function syncVolume(
  host: Host,
  { source, target, snapshot: shown, consistency, evenSo = false, anyVersion = false }: SyncRequest,
  run: Run,
): Promise<RestoreResult & { snapshot: SnapshotEntry }> {
  await refuseSame(host.engine, { source, target }, run.signal);
  const snapshot = shown ?? (await takeSource(host, { source, consistency }, uncounted(run)));
  const accept: NonNullable<Parameters<typeof restoreSnapshots>[1][number]['accept']> = (changes, present) => {
    const why = evenSo ? undefined : whyHalted({ source: snapshot, target: present, changes });
    if (why) throw new Failure('syncHalted', { source, target, why });
  };
  const request = { snapshot, volume: target, purpose: 'sync' as const, accept, anyVersion };
  return { ...(await restoreSnapshots(host, [request], run)), snapshot };
}

/** What a sync would change now, and the snapshot that it would be made with. */
export async function previewSync(
  host: Host,
  { source, target, consistency }: Pick<SyncRequest, 'source' | 'target' | 'consistency'>,
  run: Run,
): Promise<{ snapshot: SnapshotEntry; changes: Changes }> {
  await refuseSame(host.engine, { source, target }, run.signal);
  const snapshot = await takeSource(host, { source, consistency }, run);
  return { snapshot, changes: await previewRestore(host, { snapshot, volume: target }, run) };
}

function takeSource(
  host: Host,
  { source, consistency }: { source: string; consistency: Consistency | undefined },
  run: Run,
): Promise<SnapshotEntry> {
  return snapshotVolume(
    host,
    { volume: source, note: '', purpose: 'source', ...(consistency && { consistency }) },
    run,
  );
}

/** The source would be read and written at the same time. */
async function refuseSame(
  engine: VolumeEngine,
  { source, target }: Pick<SyncRequest, 'source' | 'target'>,
  signal: AbortSignal,
): Promise<void> {
  const [from, to] = await Promise.all([source, target].map((name) => engine.inspectVolume(name, signal)));
  if (source !== target && aliasesOf(from!, [to!]).length === 0) return;
  throw new Failure('volumesAreOne', { volume: source, other: target });
}
