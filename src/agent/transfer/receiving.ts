import * as fs from 'node:fs';
import { dirname } from 'node:path/posix';
import type { AgentMethods } from '../../core/agentProtocol';
import type { Extent } from '../../core/archive/sparseMap';
import type { Entry } from '../../core/entry';
import { Cancelled, Failure, isFailure } from '../../core/failure';
import { objectsOf } from '../../core/objectSet';
import { only } from '../../core/only';
import { hasObject } from '../../core/recorded';
import type { EngineName, SnapshotEntry, SnapshotRequest, VolumeSpec } from '../../core/snapshotEntry';
import { Waits } from '../../core/timings/waits';
import { encodeWanted } from '../../core/transfer/wanted';
import { Arriving } from '../archive/arriving';
import { unzstd } from '../archive/decompressed';
import { Pieces } from '../archive/pieces';
import { ContentCopier } from '../content';
import type { HostData } from '../hostData';
import { hasCode } from '../libc';
import { storeTree, type TreeFromElsewhere } from '../operations/storeTree';
import type { Pace } from '../pace';
import { ensureRoom, freeBytes } from '../space';
import { Arrived } from '../store/arrived';
import { removeIfThere } from '../store/durable';
import { linkOrCopy } from '../store/linkOrCopy';
import { holesOf, openObject } from '../store/openObject';
import { refusePending, removeIfUnused } from '../store/pending';
import { VolumeStore } from '../store/volumeStore';
import { Digest, digestOf, firstOfObjects, wholeOf } from './objects';
import { readRecords } from './records';
import { readHeader, sendCompressed, type SendingStage } from './stream';

type Expect = AgentMethods['transfer.expect'];
type Receive = AgentMethods['transfer.receive'];

/** What is known of an object before it comes. */
interface ObjectHeader {
  n: number;
  extents?: Extent[];
  /** It does not come: what the receiver has is the same. */
  same?: true;
}

/** A snapshot on its way from another engine, at its target. */
export class Receiving {
  /** Of all objects, one entry each. */
  private readonly objects: Entry[];
  /** The objects that the source is asked for, by their places in `objects`. */
  private missing: number[] = [];
  /** What may be the same as one of them: objects of a snapshot here. */
  private readonly alike = new Map<number, { object: string; digest: string }>();

  private constructor(
    private readonly store: VolumeStore,
    private readonly volume: VolumeSpec,
    private readonly entries: Entry[],
  ) {
    this.objects = firstOfObjects(entries);
  }

  static async of(root: string, { volume }: Expect['params'], data: HostData, pace: Pace): Promise<Receiving> {
    const store = new VolumeStore(root, volume.name);
    refusePending(store);
    pace.phase('plan');
    const from = new Pieces(unzstd(new Pieces(data.receive())));
    const entries = await asTransfer(() => pace.orCancelled(readRecords(store, from)));
    return new Receiving(store, volume, entries);
  }

  /** Says to the source what is missing here. */
  async expect({ level }: Expect['params'], data: HostData, pace: Pace): Promise<Expect['result']> {
    const { objects } = this;
    const lacking = await this.lacking(pace);
    const arrived = await new Arrived(this.store).whole(new Set(lacking.map((n) => objects[n]!.object!)), pace);
    this.missing = lacking.filter((n) => !arrived.has(objects[n]!.object!));
    await this.findAlike(pace);
    const waits = new Waits<SendingStage>('pack', { compress: 'pack', upload: 'pack' });
    const digests = new Map([...this.alike].map(([n, { digest }]) => [n, digest]));
    await sendCompressed(encodeWanted(this.missing, digests), { level, data, waits }, pace);
    const missingBytes = this.missing.reduce((sum, n) => sum + objects[n]!.size, 0);
    const allBytes = objects.reduce((sum, { size }) => sum + size, 0);
    return {
      missingFiles: this.missing.length,
      missingBytes,
      presentFiles: objects.length - this.missing.length,
      presentBytes: allBytes - missingBytes,
    };
  }

  /** Makes the snapshot, once all of it is here. */
  async receive({ of, engine }: Receive['params'], data: HostData, pace: Pace): Promise<Receive['result']> {
    const { store } = this;
    using arrived = new Arrived(store);
    const arriving = new Arriving(data);
    const linked: string[] = [];
    let added = 0;
    const tree: TreeFromElsewhere = {
      time: of.time,
      losses: of.losses,
      totals: { totalFiles: this.missing.length },
      request: requestOf(of, engine),
      stages: () => arriving.stages(),
      refuseTooLarge: () => {},
      dropped: () => linked.forEach(removeIfThere),
      addedBytes: () => added,
      read: async () => {
        added = await this.readObjects(arriving, arrived, pace);
        await this.link(arrived, linked, pace);
        return this.entries;
      },
    };
    try {
      arrived.announce();
      const snapshot = await storeTree(store.store, this.volume, tree, pace);
      arrived.drop();
      return snapshot;
    } catch (error) {
      // Room is what is needed most now.
      if (isFailure(error, 'storeFull')) {
        arrived.drop();
        removeIfUnused(store);
      }
      throw error;
    }
  }

  /** The objects that no snapshot here has. One that cannot be read has nothing. */
  private async lacking(pace: Pace): Promise<number[]> {
    let lacking = this.objects.map((_, n) => n);
    for (const id of this.store.snapshotIds().sort().reverse()) {
      if (lacking.length === 0) break;
      const named = objectsOf((await this.entriesOf(id)) ?? []);
      lacking = lacking.filter((n) => !named.has(this.objects[n]!.object!));
      await pace.turn();
    }
    return lacking;
  }

  private async entriesOf(snapshot: string): Promise<readonly Entry[] | undefined> {
    try {
      return (await this.store.readManifest(snapshot)).entries;
    } catch (error) {
      if (!isFailure(error, 'snapshotDamaged')) throw error;
      return undefined;
    }
  }

  /** What the newest snapshot here has in the same size at the same path, or elsewhere with the same time, as after a rename. */
  private async findAlike(pace: Pace): Promise<void> {
    const newest = this.store.newest()?.id;
    if (newest === undefined || this.missing.length === 0) return;
    const files = ((await this.entriesOf(newest)) ?? []).filter((entry) => hasObject(entry) && entry.size > 0);
    const atPath = new Map(files.map((entry) => [entry.path, entry]));
    const ofTime = new Map(files.map((entry) => [timeAndSize(entry), entry]));
    for (const n of this.missing) {
      const wanted = this.objects[n]!;
      const there = atPath.get(wanted.path);
      const found = there?.size === wanted.size ? there : ofTime.get(timeAndSize(wanted));
      if (!found) continue;
      const digest = await this.digestOf(newest, found, pace);
      if (digest !== undefined) this.alike.set(n, { object: found.object!, digest });
    }
  }

  private async digestOf(snapshot: string, entry: Entry, pace: Pace): Promise<string | undefined> {
    try {
      const handle = openObject(this.store, snapshot, entry);
      try {
        return await digestOf(handle, entry.size, holesOf(handle, entry.size) ?? wholeOf(entry.size), pace);
      } finally {
        fs.closeSync(handle);
      }
    } catch (error) {
      if (!isFailure(error, 'snapshotDamaged')) throw error;
      return undefined;
    }
  }

  /** Returns the bytes that have come. */
  private async readObjects(arriving: Arriving, arrived: Arrived, pace: Pace): Promise<number> {
    const from = arriving.decompressed(unzstd(arriving.bytes));
    return asTransfer(async () => {
      const { bytes } = await pace.orCancelled(readHeader<{ bytes: number }>(from));
      ensureRoom('storeFull', bytes, freeBytes(this.store.at.folder));
      const copier = new ContentCopier();
      let added = 0;
      for (const n of this.missing) {
        const header = await pace.orCancelled(readHeader<ObjectHeader>(from));
        if (header.n !== n) throw new Error('another object than is expected');
        if (header.same) await this.takeAlike(n, arrived, copier, pace);
        else added += await this.readObject(header, { from, arrived }, pace);
        pace.count(1, 0);
        if (pace.due()) await pace.turn();
      }
      if (!(await pace.orCancelled(from.isAtEnd()))) throw new Error('more than was expected');
      return added;
    });
  }

  private async takeAlike(n: number, arrived: Arrived, copier: ContentCopier, pace: Pace): Promise<void> {
    const alike = this.alike.get(n);
    if (!alike) throw new Error('the same as nothing');
    const { object, size } = this.objects[n]!;
    await linkOrCopy(this.store.objectPath(alike.object), arrived.prepare(object!), copier, pace);
    arrived.keep({ object: object!, size, digest: alike.digest });
  }

  private async readObject(
    { n, extents: holes }: ObjectHeader,
    { from, arrived }: { from: Pieces; arrived: Arrived },
    pace: Pace,
  ): Promise<number> {
    const { object, size } = this.objects[n]!;
    const extents = holes ?? wholeOf(size);
    const digest = new Digest(size, extents);
    const handle = arrived.create(object!);
    let bytes = 0;
    try {
      for (const [start, end] of extents) {
        if (start < 0 || end > size) throw new Error('an object that is longer than it says');
        let at = start;
        const pieces = from.each(end - start);
        for (
          let next = await pace.orCancelled(pieces.next());
          !next.done;
          next = await pace.orCancelled(pieces.next())
        ) {
          digest.add(next.value);
          at += writeAll(handle, next.value, at);
          bytes += next.value.length;
          pace.count(0, next.value.length);
          if (pace.dueNow()) await pace.turn();
        }
      }
      if ((extents.at(-1)?.[1] ?? 0) < size) fs.ftruncateSync(handle, size);
    } finally {
      fs.closeSync(handle);
    }
    const proof = await pace.orCancelled(readHeader<{ digest: string }>(from));
    if (proof.digest !== digest.finish()) throw new Error(`the object ${object} is not as it was sent`);
    arrived.keep({ object: object!, size, ...(holes && { extents: holes }), digest: proof.digest });
    return bytes;
  }

  /** Where a snapshot looks for them. What is there under such a name, and no snapshot names, nobody can vouch for. */
  private async link(arrived: Arrived, linked: string[], pace: Pace): Promise<void> {
    const copier = new ContentCopier();
    let folder = '';
    for (const n of await this.lacking(pace)) {
      const object = this.objects[n]!.object!;
      const to = this.store.objectPath(object);
      if (dirname(to) !== folder) fs.mkdirSync((folder = dirname(to)), { recursive: true, mode: 0o700 });
      removeIfThere(to);
      linked.push(to);
      await linkOrCopy(arrived.path(object), to, copier, pace);
      if (pace.due()) await pace.turn();
    }
  }
}

function timeAndSize({ mtime, size }: Entry): string {
  return `${mtime} ${size}`;
}

function writeAll(handle: number, piece: Buffer, at: number): number {
  for (let done = 0; done < piece.length;) done += fs.writeSync(handle, piece, done, piece.length - done, at + done);
  return piece.length;
}

function requestOf(then: SnapshotEntry, engine: EngineName): SnapshotRequest {
  const ofThen = only(then, ['consistency', 'asked', 'users', 'databases', 'git']);
  const copyOf = { volume: then.volume.name, snapshot: then.id, engine };
  return { kind: 'safety', purpose: 'source', note: '', frozenMs: 0, ...ofThen, copyOf };
}

/** What is wrong with what comes is not what is wrong here. */
async function asTransfer<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const isOurs = hasCode(cause, 'ENOSPC', 'EDQUOT', 'EIO', 'EACCES', 'EROFS', 'EMFILE', 'ENOENT');
    if (isFailure(cause) || cause instanceof Cancelled || isOurs) throw cause;
    throw new Failure('transferDamaged', { reason: (cause as Error).message }, { cause });
  }
}
