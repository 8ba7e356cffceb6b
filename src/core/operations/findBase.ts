import { readBackupName } from '../backup/backupName';
import { isSameExclusion, type BackupBase } from '../backup/backupManifest';
import { BackupChain } from '../backup/backupChain';
import type { Destination } from '../backup/destination';
import { decodeTrailer } from '../backup/trailer';
import { isFailure } from '../failure';
import type { Host, Run } from './run';

export interface FoundBase {
  base: BackupBase;
  /** As the names of backups say it. */
  time: Date;
}

/**
 * The backup of a volume at a destination that the next one can build on: the newest one before `before`, when its snapshot is
 * still in the store, all that it builds on is there, and the chain would not get too long: after `fullEvery` backups, or where
 * the changes have become more than the whole, a full one is better. One that has left out something else is none: what that was
 * would be in neither.
 */
export async function findBase(
  host: Host,
  {
    destination,
    volume,
    before,
    fullEvery,
    exclude,
  }: { destination: Destination; volume: string; before: Date; fullEvery: number; exclude: readonly string[] },
  run: Run,
): Promise<FoundBase | undefined> {
  if (fullEvery <= 1) return undefined;
  const newest = await newestOf(destination, volume, before, run.signal);
  if (!newest) return undefined;
  try {
    await using chain = await BackupChain.open(destination, newest.file, run.signal);
    const { links } = chain;
    const { snapshot } = chain.newest.manifest;
    if (!isSameExclusion(chain.newest.manifest, exclude)) return undefined;
    if (links.length >= fullEvery || !(await isInStore(host, volume, snapshot.id, run.signal))) return undefined;
    const [fullBytes = 0, ...others] = links.map(({ manifest }) => manifest.archive.compressedBytes);
    const linkBytes = others.reduce((sum, bytes) => sum + bytes, 0);
    if (linkBytes > fullBytes) return undefined;
    const sha256 = decodeTrailer(chain.newest.trailer).sha256.toString('hex');
    const base = { file: newest.file, sha256, snapshot: snapshot.id, links: others.length, linkBytes, fullBytes };
    return { base, time: newest.time };
  } catch (error) {
    if (isFailure(error, ...notToBuildOn)) return undefined;
    throw error;
  }
}

/** One that cannot be read is no reason to have none. Locked is what is encrypted for a key that only others have. */
const notToBuildOn = [
  'backupDamaged',
  'backupWithoutProof',
  'backupTooNew',
  'backupLocked',
  'backupChainBroken',
  'backupNotReadable',
] as const;

async function newestOf(
  destination: Destination,
  volume: string,
  before: Date,
  signal: AbortSignal,
): Promise<{ file: string; time: Date } | undefined> {
  let newest: { file: string; time: Date } | undefined;
  for await (const { name: file } of destination.list(signal)) {
    const named = readBackupName(file);
    if (named?.volume !== volume || named.time >= before) continue;
    if (!newest || named.time > newest.time) newest = { file, time: named.time };
  }
  return newest;
}

async function isInStore({ engine }: Host, volume: string, snapshot: string, signal: AbortSignal): Promise<boolean> {
  const { snapshots } = await engine.readCatalog(signal);
  return snapshots.some((each) => each.id === snapshot && each.volume.name === volume);
}
