import { isEncryptedName, readBackupName } from '../backup/backupName';
import { isSameExclusion, type BackupBase } from '../backup/backupManifest';
import { BackupChain } from '../backup/backupChain';
import type { Destination } from '../backup/destination';
import { isFailure } from '../failure';
import type { Host, Run } from './run';

export interface FoundBase {
  base: BackupBase;
  /** As the names of backups say it. */
  time: Date;
}

export interface WhatToFind {
  destination: Destination;
  volume: string;
  /** When the data of the new one was so. */
  before: Date;
  fullEvery: number;
  exclude: readonly string[];
  isEncrypted: boolean;
}

/**
 * The backup of a volume at a destination that the next one can build on: the newest one before `before`, when its snapshot is
 * still in the store, all that it builds on is there, and the chain would not get too long: after `fullEvery` backups, or where
 * the changes have become more than the whole, a full one is better. One that has left out something else is none: what that was
 * would be in neither. Nor is one where not all of the chain is encrypted, or none of it, as the new one will be.
 */
export async function findBase(
  host: Host,
  { destination, volume, before, fullEvery, exclude, isEncrypted }: WhatToFind,
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
    const files = [newest.file, ...links.flatMap(({ manifest }) => manifest.base?.file ?? [])];
    if (files.some((file) => isEncryptedName(file) !== isEncrypted)) return undefined;
    if (links.length >= fullEvery || !(await isInStore(host, volume, snapshot.id, run.signal))) return undefined;
    const [fullBytes = 0, ...others] = links.map(({ manifest }) => manifest.archive.compressedBytes);
    const linkBytes = others.reduce((sum, bytes) => sum + bytes, 0);
    if (linkBytes > fullBytes) return undefined;
    const { sha256 } = chain.newest;
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
  // Names have seconds: one of the same second may be of the very data that is to be backed up.
  const second = Math.floor(before.getTime() / 1_000) * 1_000;
  for await (const { name: file } of destination.list(signal)) {
    const named = readBackupName(file);
    if (named?.volume !== volume || named.time.getTime() >= second) continue;
    if (!newest || named.time > newest.time) newest = { file, time: named.time };
  }
  return newest;
}

async function isInStore({ engine }: Host, volume: string, snapshot: string, signal: AbortSignal): Promise<boolean> {
  const { snapshots } = await engine.readCatalog(signal);
  return snapshots.some((each) => each.id === snapshot && each.volume.name === volume);
}
