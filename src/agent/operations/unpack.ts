import { createHash, randomBytes, type Hash } from 'node:crypto';
import * as fs from 'node:fs';
import { pipeline } from 'node:stream';
import * as zlib from 'node:zlib';
import type { BackupManifest } from '../../core/backup/backupManifest';
import { decodeTrailer, footerBytes, type Trailer } from '../../core/backup/trailer';
import type { Entry } from '../../core/entry';
import { Cancelled, Failure, isFailure } from '../../core/failure';
import { only } from '../../core/only';
import type { SnapshotEntry, SnapshotRequest, VolumeSpec } from '../../core/snapshotEntry';
import { objectsOf, snapshotId } from '../../core/storeLayout';
import { membersOf } from '../archive/membersOf';
import { Pieces } from '../archive/pieces';
import { TreeReader } from '../archive/treeReader';
import { findDatabases } from '../databases';
import type { HostData } from '../hostData';
import { hasCode } from '../libc';
import { Losses } from '../losses';
import type { Pace } from '../pace';
import { ensureRoom, failingWhenFull, freeBytes, freeEntries } from '../space';
import { Catalog } from '../store/catalog';
import { flushStore, makeVisible } from '../store/commit';
import { writeManifest } from '../store/manifestFile';
import { NewObjects } from '../store/newObjects';
import { refusePending, removeIfUnused } from '../store/pending';
import { describeSnapshot } from '../store/recordedSnapshot';
import { dropUncommitted } from '../store/uncommitted';
import { VolumeStore } from '../store/volumeStore';

export interface Unpacking {
  volume: VolumeSpec;
  /** The end of the backup, in base64, after those of the ones that it builds on, a full one first. */
  trailers: readonly string[];
  note: string;
}

/**
 * Makes a backup a snapshot of a volume. Nothing is visible before all of it was read and is as its end says; whatever goes
 * wrong, nothing of it stays.
 */
export async function unpackBackup(
  root: string,
  { volume, trailers, note }: Unpacking,
  data: HostData,
  pace: Pace,
): Promise<SnapshotEntry> {
  const store = new VolumeStore(root, volume.name);
  refusePending(store);
  const proofs = await orDamaged(() => chainOf(trailers));
  const { manifest } = proofs.at(-1)!;
  const id = snapshotId(new Date(), randomBytes(3));
  const catalog = new Catalog(root);
  store.makeFolders();
  try {
    refuseTooLarge(store, proofs);
    catalog.announceSnapshot(store.volume, id);
    fs.mkdirSync(`${store.at.incoming}/${id}`, { mode: 0o700 });
    pace.phase('unpack', { totalFiles: manifest.snapshot.files, totalBytes: manifest.snapshot.totalBytes });
    using objects = new NewObjects(store.at.objects, id);
    const losses = new Losses(manifest.snapshot.losses);
    const entries = await failingWhenFull('storeFull', root, () =>
      orDamaged(() => readTrees(data, proofs, { objects, losses }, pace)),
    );
    pace.phase('flush');
    objects.removeUnnamed(objectsOf(entries));
    const header = { format: 1 as const, snapshot: id, volume: { name: volume.name, createdAt: volume.createdAt } };
    // Its records are of no place: they prove nothing of any volume.
    const nowhere = { stamp: '0', fileSystem: 0, device: '', root: '' };
    await writeManifest(`${store.at.incoming}/${id}/manifest`, { ...header, ...nowhere }, entries);
    const databases = findDatabases(entries, store.at.objects);
    const phases = pace.takePhases();
    const { time } = manifest.snapshot;
    const taken = { id, volume, time, entries, losses: losses.list(), databases, phases };
    const entry = describeSnapshot(store, taken, requestOf(manifest, note));
    fs.writeFileSync(`${store.at.incoming}/${id}/entry.json`, JSON.stringify(entry), { mode: 0o600 });
    await pace.orCancelled(flushStore(store));
    await pace.beginCritical();
    makeVisible(store, entry);
    catalog.withdrawSnapshot(store.volume, id);
    return entry;
  } catch (error) {
    dropUncommitted(store, id);
    removeIfUnused(store);
    throw error;
  }
}

type Proof = Trailer & { frame: Buffer };

/** Each builds on the one before. Throws on anything else. */
function chainOf(trailers: readonly string[]): Proof[] {
  const proofs = trailers.map((encoded) => {
    const frame = Buffer.from(encoded, 'base64');
    return { ...decodeTrailer(frame), frame };
  });
  for (const [index, { manifest }] of proofs.entries()) {
    if (manifest.base?.sha256 !== proofs[index - 1]?.sha256.toString('hex')) throw new Error('not what it builds on');
  }
  if (proofs.length === 0) throw new Error('it has no end');
  return proofs;
}

/** Reads all of them, to the last byte, whatever is in them, and only then believes them. */
async function readTrees(
  data: HostData,
  proofs: readonly Proof[],
  { objects, losses }: { objects: NewObjects; losses: Losses },
  pace: Pace,
): Promise<Entry[]> {
  const bytes = new Pieces(data.receive());
  let entries: Entry[] | undefined;
  for (const [index, proof] of proofs.entries()) {
    const after = proofs[index + 1];
    // What the earlier ones lost is said of the entries that are left of them.
    const reader = new TreeReader(objects, after ? new Losses() : losses, entries);
    entries = await orDamaged(() => readTree(bytes, proof, reader, pace), after?.manifest.base?.file);
  }
  if (!(await bytes.isAtEnd())) throw new Error('longer than it says');
  return entries!;
}

async function readTree(bytes: Pieces, proof: Proof, tree: TreeReader, pace: Pace): Promise<Entry[]> {
  const { archive } = proof.manifest;
  const hash = createHash('sha256');
  const frames = hashed(bytes.each(archive.compressedBytes), hash);
  const decompress = zlib.createZstdDecompress({ chunkSize: 1024 * 1024 });
  // Its end is seen, and its failure thrown, by whoever reads it.
  pipeline(frames, decompress, () => {});
  try {
    const tar = new Pieces(limited(decompress as AsyncIterable<Buffer>, archive.tarBytes));
    const members = membersOf(tar);
    for (let next = await pace.orCancelled(members.next()); !next.done; next = await pace.orCancelled(members.next())) {
      if (tree.entries.length >= archive.entries) throw new Error('more members than it says');
      await pace.orCancelled(tree.add(next.value, pace));
      if (pace.due()) await pace.turn();
    }
    if (tree.entries.length !== archive.entries) throw new Error('fewer members than it says');
    ensureProved(hash, proof);
    const entries = tree.finish();
    if (entries.length !== proof.manifest.snapshot.entries) throw new Error('other entries than it says');
    return entries;
  } finally {
    decompress.destroy();
  }
}

async function* hashed(pieces: AsyncIterable<Buffer>, hash: Hash) {
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
}

function ensureProved(hash: Hash, { frame, sha256 }: Proof): void {
  if (!hash.update(frame.subarray(0, -footerBytes)).digest().equals(sha256)) {
    throw new Error('it does not match its checksum');
  }
}

/** A bomb is long, and says that it is short. */
async function* limited(source: AsyncIterable<Buffer>, bytes: number) {
  let seen = 0;
  for await (const piece of source) {
    seen += piece.length;
    if (seen > bytes) throw new Error('longer than it says');
    yield piece;
  }
  if (seen < bytes) throw new Error('shorter than it says');
}

/** Holes take no room, and of what an archive says their share is not known; but it has no less than what is in it. */
function refuseTooLarge({ at }: VolumeStore, proofs: readonly Proof[]): void {
  const sum = (of: (archive: BackupManifest['archive']) => number) =>
    proofs.reduce((all, { manifest }) => all + of(manifest.archive), 0);
  const entries = sum((archive) => archive.entries);
  ensureRoom('storeFull', sum((archive) => archive.tarBytes) - entries * memberBytes, freeBytes(at.folder));
  if (entries > freeEntries(at.folder)) throw new Failure('storeFull', { needed: entries, free: 0 });
}

/** What a member takes in a tar besides its content, at least; most have more. */
const memberBytes = 1536;

/**
 * Everything that is wrong with a file of somebody else's is that file's fault, but not what is wrong here. `link`: the name of
 * the file, when another one builds on it.
 */
async function orDamaged<T>(work: () => T | Promise<T>, link?: string): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const isOurs = hasCode(cause, 'ENOSPC', 'EDQUOT', 'EIO', 'EACCES', 'EROFS', 'EMFILE', 'ENOENT');
    if (isFailure(cause) || cause instanceof Cancelled || isOurs) throw cause;
    const reason = (cause as Error).message;
    if (link === undefined) throw new Failure('backupDamaged', { reason }, { cause });
    throw new Failure('backupChainBroken', { file: '', link, reason }, { cause });
  }
}

function requestOf({ snapshot }: BackupManifest, note: string): SnapshotRequest {
  const ofThen = only(snapshot, ['consistency', 'asked', 'users', 'databases', 'frozenMs', 'git']);
  return { kind: 'user', note, ...ofThen };
}
