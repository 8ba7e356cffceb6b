import type { BackupBase, Exclusion } from '../backup/backupManifest';
import type { Destination, Upload } from '../backup/destination';
import { backupName } from '../backup/backupName';
import { Failure, isFailure } from '../failure';
import { findBase, type FoundBase } from './findBase';
import type { SnapshotEntry } from '../snapshotEntry';
import { ask } from './ask';
import { openHelper } from './openHelper';
import type { Host, Run } from './run';
import { snapshotVolume, type SnapshotVolumeRequest } from './snapshot';
import { divided } from '../timings/waits';
import { failedIn } from './failedIn';
import { withProgress, withRate } from './withRate';

export interface BackupRequest {
  destination: Destination;
  /** Name of the file to be made there; what is there is replaced, once the new one is whole. */
  file: string;
  /** Of zstd. */
  level: number;
  /** Who makes it, for the backup's own record. */
  tool: string;
  /** Patterns of what is left out (docs/backup-format.md). */
  exclude?: readonly string[];
  /** The backup there that it builds on; without one, all of the snapshot is in it. */
  base?: BackupBase;
}

export interface Backup {
  snapshot: SnapshotEntry;
  /** Of the file. */
  bytes: number;
  /** Only what has changed since another one is in it. */
  isPartial: boolean;
  excluded?: Exclusion;
}

/** Writes a snapshot to a file at a destination (docs/backup-format.md). */
export async function backUpSnapshot(
  host: Host,
  { destination, file, ...request }: BackupRequest & { snapshot: SnapshotEntry },
  run: Run,
): Promise<Backup> {
  await using target = await destination.create(file, run.signal);
  return await packInto(target, host, request, run);
}

/** The same of a volume as it is: of a snapshot that is taken for it, and stays. */
export async function backUpVolume(
  host: Host,
  { destination, file, level, tool, exclude = [], base, ...request }: BackupRequest & SnapshotVolumeRequest,
  run: Run,
): Promise<Backup> {
  // Whether it can be written is known before anything is frozen.
  await using target = await destination.create(file, run.signal);
  const snapshot = await snapshotVolume(host, request, run);
  return await packInto(target, host, { snapshot, level, tool, exclude, ...(base && { base }) }, run);
}

/** To a destination under a name of its own, and only what has changed since the last one there where that is allowed. */
export type NextBackupRequest = Pick<BackupRequest, 'destination' | 'level' | 'tool' | 'exclude'> & {
  /** How many of them build on one another, at most; 1: each is a full one. */
  fullEvery: number;
  /** The destination encrypts it, which is to be seen in its name. */
  isEncrypted?: boolean;
} & ({ snapshot: SnapshotEntry } | SnapshotVolumeRequest);

/** The next backup of a volume at a destination: of a snapshot, or of one that is taken for it, and stays. */
export async function backUpNext(
  host: Host,
  { destination, level, tool, exclude = [], fullEvery, isEncrypted = false, ...of }: NextBackupRequest,
  run: Run,
): Promise<Backup & { file: string }> {
  let snapshot = 'snapshot' in of ? of.snapshot : undefined;
  const volume = 'snapshot' in of ? of.snapshot.volume.name : of.volume;
  const time = snapshot ? new Date(snapshot.time) : new Date();
  const backUp = async (found: FoundBase | undefined) => {
    const file = backupName(volume, time, { since: found?.time, isEncrypted });
    await using target = await destination.create(file, run.signal);
    snapshot ??= await snapshotVolume(host, of as SnapshotVolumeRequest, run);
    const packing = { snapshot, level, tool, exclude, ...(found && { base: found.base }) };
    return { ...(await packInto(target, host, packing, run)), file };
  };
  const found = await findBase(host, { destination, volume, before: time, fullEvery, exclude }, run);
  try {
    return await backUp(found);
  } catch (error) {
    const isOfBase =
      isFailure(error, 'snapshotDamaged', 'snapshotNotFound') && error.details.snapshot === found?.base.snapshot;
    if (!isOfBase) throw error;
    return await backUp(undefined);
  }
}

/** What the agent has waited for is the target; what that did meanwhile, it says. */
function ofTarget(run: Run, target: Upload): Run {
  return withProgress(run, ({ stages, ...progress }) => ({
    ...progress,
    ...(stages && { stages: divided(stages, 'upload', target.stages?.() ?? {}) }),
  }));
}

type Packing = Omit<BackupRequest, 'destination' | 'file'> & { snapshot: SnapshotEntry };

/**
 * The file is there only when the agent has said how long it is, and has ended well: a helper that was killed ends its
 * stream like a good one.
 */
async function packInto(target: Upload, host: Host, { snapshot, ...packing }: Packing, run: Run): Promise<Backup> {
  const { id, volume } = snapshot;
  // Its lock keeps the snapshot from being deleted meanwhile.
  await using helper = await openHelper(host.engine, { operation: 'backup', lock: volume.name, store: true }, run);
  const params = { volume: volume.name, snapshot: id, ...packing };
  const onData = (bytes: Uint8Array) => target.write(bytes).catch(failedIn('upload'));
  const { bytes, files, excluded } = await ask(helper, 'snapshot.pack', params, withRate(ofTarget(run, target)), {
    onData,
  });
  await helper.finish();
  if (bytes !== target.bytes) {
    throw new Failure('agentLost', { reason: `${target.bytes} of ${bytes} bytes have arrived` });
  }
  run.phase('upload');
  await target.keep();
  run.count({ bytesMoved: bytes, filesMoved: files, filesSkipped: snapshot.files - (excluded?.files ?? 0) - files });
  return { snapshot, bytes, isPartial: packing.base !== undefined, ...(excluded && { excluded }) };
}
