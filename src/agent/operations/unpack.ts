import { createHash, type Hash } from 'node:crypto';
import type { BackupManifest } from '../../core/backup/backupManifest';
import { decodeTrailer, footerBytes, type Trailer } from '../../core/backup/trailer';
import type { Entry } from '../../core/entry';
import { Failure } from '../../core/failure';
import { only } from '../../core/only';
import type { SnapshotEntry, SnapshotRequest, VolumeSpec } from '../../core/snapshotEntry';
import { Arriving } from '../archive/arriving';
import { unzstd } from '../archive/decompressed';
import { membersOf } from '../archive/membersOf';
import { Pieces } from '../archive/pieces';
import { TreeReader } from '../archive/treeReader';
import type { HostData } from '../hostData';
import { Losses } from '../losses';
import type { Pace } from '../pace';
import { ensureRoom, freeBytes, freeEntries } from '../space';
import type { NewObjects } from '../store/newObjects';
import type { VolumeStore } from '../store/volumeStore';
import { orDamaged } from './orDamaged';
import { storeTree, type TreeFromElsewhere } from './storeTree';

export interface Unpacking {
  volume: VolumeSpec;
  /** The end of the backup, in base64, after those of the ones that it builds on, a full one first. */
  trailers: readonly string[];
  note: string;
}

/** Makes a backup a snapshot of a volume, once all of it was read and is as its end says. */
export async function unpackBackup(
  root: string,
  { volume, trailers, note }: Unpacking,
  data: HostData,
  pace: Pace,
): Promise<SnapshotEntry> {
  const proofs = await orDamaged(() => chainOf(trailers));
  const arriving = new Arriving(data);
  const { manifest } = proofs.at(-1)!;
  const { time, losses, files: totalFiles, totalBytes } = manifest.snapshot;
  const tree: TreeFromElsewhere = {
    time,
    losses,
    totals: { totalFiles, totalBytes },
    stages: () => arriving.stages(),
    request: requestOf(manifest, note),
    refuseTooLarge: (store) => refuseTooLarge(store, proofs),
    read: (into) => orDamaged(() => readTrees(arriving, proofs, into, pace)),
  };
  return storeTree(root, volume, tree, pace);
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
  arriving: Arriving,
  proofs: readonly Proof[],
  { objects, losses }: { objects: NewObjects; losses: Losses },
  pace: Pace,
): Promise<Entry[]> {
  let entries: Entry[] | undefined;
  for (const [index, proof] of proofs.entries()) {
    const after = proofs[index + 1];
    // What the earlier ones lost is said of the entries that are left of them.
    const reader = new TreeReader(objects, after ? new Losses() : losses, entries);
    entries = await orDamaged(() => readTree(arriving, proof, reader, pace), after?.manifest.base?.file);
  }
  if (!(await arriving.bytes.isAtEnd())) throw new Error('longer than it says');
  return entries!;
}

async function readTree(arriving: Arriving, proof: Proof, tree: TreeReader, pace: Pace): Promise<Entry[]> {
  const { archive } = proof.manifest;
  const hash = createHash('sha256');
  const frames = new Pieces(hashed(arriving.bytes.each(archive.compressedBytes), hash));
  const tar = arriving.decompressed(limited(unzstd(frames), archive.tarBytes));
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

function requestOf({ snapshot }: BackupManifest, note: string): SnapshotRequest {
  const ofThen = only(snapshot, ['consistency', 'asked', 'users', 'databases', 'frozenMs', 'git']);
  return { kind: 'user', note, ...ofThen };
}
