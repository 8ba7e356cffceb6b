import type { Destination, Upload } from '../backup/destination';
import { Failure } from '../failure';
import type { SnapshotEntry } from '../snapshotEntry';
import { ask } from './ask';
import { openHelper } from './openHelper';
import type { Host, Run } from './run';
import { snapshotVolume, type SnapshotVolumeRequest } from './snapshot';
import { withRate } from './withRate';

export interface BackupRequest {
  destination: Destination;
  /** Name of the file to be made there; what is there is replaced, once the new one is whole. */
  file: string;
  /** Of zstd. */
  level: number;
  /** Who makes it, for the backup's own record. */
  tool: string;
}

export interface Backup {
  snapshot: SnapshotEntry;
  /** Of the file. */
  bytes: number;
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
  { destination, file, level, tool, ...request }: BackupRequest & SnapshotVolumeRequest,
  run: Run,
): Promise<Backup> {
  // Whether it can be written is known before anything is frozen.
  await using target = await destination.create(file, run.signal);
  const snapshot = await snapshotVolume(host, request, run);
  return await packInto(target, host, { snapshot, level, tool }, run);
}

type Packing = Omit<BackupRequest, 'destination' | 'file'> & { snapshot: SnapshotEntry };

/**
 * The file is there only when the agent has said how long it is, and has ended well: a helper that was killed ends its
 * stream like a good one.
 */
async function packInto(target: Upload, host: Host, { snapshot, level, tool }: Packing, run: Run): Promise<Backup> {
  const { id, volume } = snapshot;
  // Its lock keeps the snapshot from being deleted meanwhile.
  await using helper = await openHelper(host.engine, { operation: 'backup', lock: volume.name, store: true }, run);
  const params = { volume: volume.name, snapshot: id, level, tool };
  const onData = (bytes: Uint8Array) => target.write(bytes);
  const { bytes } = await ask(helper, 'snapshot.pack', params, withRate(run), { onData });
  await helper.finish();
  if (bytes !== target.bytes) {
    throw new Failure('agentLost', { reason: `${target.bytes} of ${bytes} bytes have arrived` });
  }
  run.phase('flush');
  await target.keep();
  run.count({ bytesMoved: bytes, filesMoved: snapshot.files });
  return { snapshot, bytes };
}
