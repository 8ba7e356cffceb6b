import type { BackupBase, Exclusion } from '../backup/backupManifest';
import type { Destination, Upload } from '../backup/destination';
import { BackupChain } from '../backup/backupChain';
import { backupName } from '../backup/backupName';
import { Failure, isFailure } from '../failure';
import { findBase, type FoundBase } from './findBase';
import type { SnapshotEntry } from '../snapshotEntry';
import { ask } from './ask';
import { uncounted } from './inParallel';
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
  const snapshot = await snapshotVolume(host, request, uncounted(run));
  return await packInto(target, host, { snapshot, level, tool, exclude, ...(base && { base }) }, run);
}

/** To a destination under a name of its own, and only what has changed since the last one there where that is allowed. */
export type NextBackupRequest = Pick<BackupRequest, 'destination' | 'level' | 'tool' | 'exclude'> & {
  /** How many of them build on one another, at most; 1: each is a full one. */
  fullEvery: number;
  /** The destination encrypts it, which is to be seen in its name. */
  isEncrypted?: boolean;
  /**
   * The same place, read with what will open the new backup and nothing else: on others it must not build, for who has kept the
   * key of the new one only could not restore it. By default the destination itself.
   */
  readable?: Destination;
} & ({ snapshot: SnapshotEntry } | SnapshotVolumeRequest);

/**
 * The next backup of a volume at a destination: of a snapshot, or of one that is taken for it, and stays. Rejects with
 * backupThere when the snapshot has been backed up there: a new file in the place of the old one would not be what others
 * build on.
 */
export async function backUpNext(host: Host, request: NextBackupRequest, run: Run): Promise<Backup & { file: string }> {
  const { destination, level, tool, exclude = [], fullEvery, isEncrypted = false, ...of } = request;
  let snapshot = 'snapshot' in of ? of.snapshot : undefined;
  const volume = 'snapshot' in of ? of.snapshot.volume.name : of.volume;
  const time = snapshot ? new Date(snapshot.time) : new Date();
  const readable = of.readable ?? destination;
  const backUp = async (found: FoundBase | undefined) => {
    const file = backupName(volume, time, { since: found?.time, isEncrypted });
    await refuseTaken(destination, file, run.signal);
    await using target = await destination.create(file, run.signal);
    snapshot ??= await snapshotVolume(host, of as SnapshotVolumeRequest, uncounted(run));
    const packing = { snapshot, level, tool, exclude, ...(found && { base: found.base }) };
    const beforeKept = async () => {
      if (found) await refuseGone(readable, file, found.base, run.signal);
    };
    return { ...(await packInto(target, host, packing, run, beforeKept)), file };
  };
  const lookFor = { destination: readable, volume, before: time, fullEvery, exclude, isEncrypted };
  const found = await findBase(host, lookFor, run);
  if (found && found.base.snapshot === snapshot?.id) throw new Failure('backupThere', { file: found.base.file });
  try {
    return await backUp(found);
  } catch (error) {
    const isOfBase =
      isFailure(error, 'backupChainBroken') ||
      (isFailure(error, 'snapshotDamaged', 'snapshotNotFound') && error.details.snapshot === found?.base.snapshot);
    if (!found || !isOfBase) throw error;
    return await backUp(undefined);
  }
}

async function refuseTaken(destination: Destination, file: string, signal: AbortSignal): Promise<void> {
  for await (const { name } of destination.list(signal)) if (name === file) throw new Failure('backupThere', { file });
}

/** Somebody may have deleted what it builds on while it was sent: it was in no list then, so that nobody was warned. */
async function refuseGone(
  destination: Destination,
  file: string,
  base: BackupBase,
  signal: AbortSignal,
): Promise<void> {
  const broken = (reason: string, cause?: unknown) =>
    new Failure('backupChainBroken', { file, link: base.file, reason }, { cause });
  try {
    await using chain = await BackupChain.open(destination, base.file, signal);
    if (chain.newest.sha256 !== base.sha256) throw broken('it is not the backup that it was');
  } catch (error) {
    if (!isFailure(error, 'backupNotReadable', 'backupDamaged', 'backupWithoutProof', 'backupLocked')) throw error;
    throw broken('it is not there any more', error);
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
async function packInto(
  target: Upload,
  host: Host,
  { snapshot, ...packing }: Packing,
  run: Run,
  beforeKept = async () => {},
): Promise<Backup> {
  const { id, volume } = snapshot;
  target.expect?.(mostBytes(snapshot));
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
  await beforeKept();
  await target.keep();
  run.count({ bytesMoved: bytes, filesMoved: files, filesSkipped: snapshot.files - (excluded?.files ?? 0) - files });
  return { snapshot, bytes, isPartial: packing.base !== undefined, ...(excluded && { excluded }) };
}

/** Of its archive, also where nothing of it can be compressed: what the tar adds to a file, and the manifest. */
function mostBytes({ totalBytes, entries }: SnapshotEntry): number {
  return Math.ceil(totalBytes * 1.05) + entries * 16 * 1024 + 64 * 1024 ** 2;
}
