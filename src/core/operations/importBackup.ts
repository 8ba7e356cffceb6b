import type { AgentSession } from '../agentClient/session';
import { measureFolder, tarOfFolder } from '../archive/folderTar';
import { BackupChain } from '../backup/backupChain';
import type { Destination } from '../backup/destination';
import type { Volume } from '../engine';
import { Failure, isFailure } from '../failure';
import { specOfNew } from '../newVolumeSpec';
import { specOf, type SnapshotEntry, type VolumeSpec } from '../snapshotEntry';
import { ask } from './ask';
import { clearUpAfter } from './clearUpAfter';
import { deleteSnapshot } from './deleteSnapshot';
import { withSignal } from './inParallel';
import { openHelper } from './openHelper';
import { restoreToNewVolume } from './restoreToNew';
import type { Host, Run } from './run';
import { withRate, withTimeLeft } from './withRate';

/** What a volume is made of: a backup, a tar that something else made (`isForeign`), or a folder of this machine. The last two have no proof. */
export type ImportSource =
  | {
      destination: Destination;
      /** Name of the backup there. */
      file: string;
      isForeign?: boolean;
      /** All that counts of a tar of something else is in this folder of it. */
      within?: string;
    }
  | { folder: string };

export type ImportRequest = ImportSource & {
  /** Of the snapshot that is made of it. */
  note: string;
};

/** Makes a backup a snapshot of an existing volume; the volume itself is not touched. */
export async function importBackup(
  host: Host,
  { volume, ...request }: ImportRequest & { volume: string },
  run: Run,
): Promise<SnapshotEntry> {
  const spec = await host.engine.inspectVolume(volume, run.signal);
  await using backup = await openSource(request, run.signal);
  return await unpackInto(specOf(spec), backup, host, request, run);
}

/**
 * Makes a volume of a backup: a snapshot first, which is then restored like any other one and stays. When that fails,
 * neither of the two is left.
 */
export async function importToNewVolume(
  host: Host,
  { name, ...request }: ImportRequest & { name: string },
  run: Run,
): Promise<{ volume: Volume; snapshot: SnapshotEntry }> {
  await using backup = await openSource(request, run.signal);
  const then = backup.volume ?? { name, createdAt: '', driver: 'local', labels: {}, options: {} };
  // The snapshot is one of the new volume, and has what that gets of the old one.
  const spec = { ...specOfNew(then, name), createdAt: then.createdAt };
  const snapshot = await unpackInto(spec, backup, host, request, run);
  try {
    return { volume: await restoreToNewVolume(host, { snapshot, name }, run), snapshot };
  } catch (error) {
    // Also after a cancel. What cannot be removed now is a whole snapshot, which people can see and delete.
    const uncancelled = withSignal(run, new AbortController().signal);
    await clearUpAfter(error, () => deleteSnapshot(host, { snapshot }, uncancelled));
    throw error;
  }
}

/** A file that a volume can be made of. */
interface Source extends AsyncDisposable {
  readonly address: string;
  readonly bytes: number;
  /** What it is a backup of, where it says so. */
  readonly volume?: VolumeSpec;
  unpack(helper: AgentSession, into: { volume: VolumeSpec; note: string }, run: Run): Promise<SnapshotEntry>;
}

async function openSource(source: ImportRequest, signal: AbortSignal): Promise<Source> {
  if ('folder' in source) return openFolder(source.folder, signal);
  const { destination, file, isForeign, within } = source;
  if (isForeign) {
    const archive = await destination.open(file, signal);
    const { address, bytes } = archive;
    return {
      address,
      bytes,
      unpack: (helper, into, run) => {
        let read = 0;
        const input = counted(archive.read(0, bytes, run.signal), (length) => (read += length));
        return ask(
          helper,
          'snapshot.unpackForeign',
          { ...into, ...(within && { within }) },
          withTimeLeft(run, () => read / bytes),
          { input },
        );
      },
      [Symbol.asyncDispose]: () => archive[Symbol.asyncDispose](),
    };
  }
  const chain = await BackupChain.open(destination, file, signal);
  const { newest, links, compressedBytes } = chain;
  const trailers = links.map(({ trailer }) => trailer.toString('base64'));
  return {
    address: newest.address,
    bytes: compressedBytes,
    volume: newest.manifest.snapshot.volume,
    unpack: (helper, into, run) =>
      ask(helper, 'snapshot.unpack', { ...into, trailers }, run, { input: chain.archives(run.signal) }),
    [Symbol.asyncDispose]: () => chain[Symbol.asyncDispose](),
  };
}

async function* counted(pieces: AsyncIterable<Uint8Array>, onPiece: (bytes: number) => void) {
  for await (const piece of pieces) {
    onPiece(piece.length);
    yield piece;
  }
}

/** All of it was looked at once: what cannot be kept of it, and how much it is. */
async function openFolder(address: string, signal: AbortSignal): Promise<Source> {
  const { files: totalFiles, bytes, losses } = await measureFolder(address, signal);
  const known = { totalFiles, totalBytes: bytes, losses };
  return {
    address,
    bytes,
    unpack: (helper, into, run) => {
      const input = tarOfFolder(address, run.signal);
      return ask(helper, 'snapshot.unpackForeign', { ...into, ...known }, run, { input });
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

async function unpackInto(
  volume: VolumeSpec,
  { address: file, bytes, ...backup }: Source,
  host: Host,
  { note }: ImportRequest,
  run: Run,
): Promise<SnapshotEntry> {
  await using helper = await openHelper(host.engine, { operation: 'import', lock: volume.name, store: true }, run);
  try {
    const snapshot = await backup.unpack(helper, { volume, note }, withRate(run));
    run.count({ bytesMoved: bytes, filesMoved: snapshot.files });
    try {
      await helper.finish();
    } catch (error) {
      const uncancelled = withSignal(run, new AbortController().signal);
      await clearUpAfter(error, () => deleteSnapshot(host, { snapshot }, uncancelled));
      throw error;
    }
    return snapshot;
  } catch (error) {
    // The agent knows no names.
    if (isFailure(error, 'backupDamaged'))
      throw new Failure('backupDamaged', { ...error.details, file }, { cause: error });
    if (!isFailure(error, 'backupChainBroken')) throw error;
    throw new Failure('backupChainBroken', { ...error.details, file }, { cause: error });
  }
}
