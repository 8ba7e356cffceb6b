import * as fs from 'node:fs';
import type { AgentMethods } from '../../core/agentProtocol';
import type { Entry } from '../../core/entry';
import { Waits } from '../../core/timings/waits';
import { decodeWanted } from '../../core/transfer/wanted';
import { unzstd } from '../archive/decompressed';
import { Pieces } from '../archive/pieces';
import type { HostData } from '../hostData';
import type { Pace } from '../pace';
import { holesOf, objectDamaged, openObject } from '../store/openObject';
import { VolumeStore } from '../store/volumeStore';
import { Digest, digestOf, firstOfObjects, piecesOf, wholeOf } from './objects';
import { encodeRecords } from './records';
import { headerOf, sendCompressed, type SendingStage } from './stream';

type Describe = AgentMethods['transfer.describe'];
type Send = AgentMethods['transfer.send'];

/** A snapshot on its way to another engine, at its source. */
export class Sending {
  private constructor(
    private readonly store: VolumeStore,
    private readonly snapshot: string,
    private readonly entries: readonly Entry[],
  ) {}

  static async of(root: string, { volume, snapshot }: Describe['params']): Promise<Sending> {
    const store = new VolumeStore(root, volume);
    return new Sending(store, snapshot, (await store.readManifest(snapshot)).entries);
  }

  /** First, what is in it. */
  async describe({ level, copies }: Describe['params'], data: HostData, pace: Pace): Promise<Describe['result']> {
    pace.phase('plan');
    const records = await encodeRecords(this.store, this.entries, copies);
    await sendCompressed(records, { level, data, waits: waitsOfSending() }, pace);
    return {};
  }

  /** Then, of its objects those that the other side asks for, but for what it says to have already and has. */
  async send({ level }: Send['params'], data: HostData, pace: Pace): Promise<Send['result']> {
    pace.phase('plan');
    const objects = firstOfObjects(this.entries);
    const { wanted, digests } = await readWanted(data, objects.length, pace);
    const isSame = new Set<number>();
    for (const [n, digest] of digests) if ((await this.digestOf(objects[n]!, pace)) === digest) isSame.add(n);
    const sent = wanted.filter((n) => !isSame.has(n)).map((n) => objects[n]!);
    const bytes = sent.reduce((sum, entry) => sum + this.allocatedBytes(entry), 0);
    const waits = waitsOfSending();
    const stages = () => ({ pack: waits.of('pack'), compress: waits.of('compress'), upload: waits.of('upload') });
    pace.phase('pack', { totalFiles: sent.length, totalBytes: bytes }, stages);
    await sendCompressed(this.content({ objects, wanted, isSame, bytes }, pace), { level, data, waits }, pace);
    pace.send();
    return { files: sent.length, bytes, same: isSame.size };
  }

  private *content(
    { objects, wanted, isSame, bytes }: { objects: Entry[]; wanted: number[]; isSame: Set<number>; bytes: number },
    pace: Pace,
  ): Generator<Buffer, void, undefined> {
    yield headerOf({ bytes });
    for (const n of wanted) {
      if (isSame.has(n)) yield headerOf({ n, same: true });
      else yield* this.object(n, objects[n]!, pace);
    }
  }

  private *object(n: number, entry: Entry, pace: Pace): Generator<Buffer, void, undefined> {
    const handle = openObject(this.store, this.snapshot, entry);
    try {
      const holes = holesOf(handle, entry.size);
      const extents = holes ?? wholeOf(entry.size);
      const digest = new Digest(entry.size, extents);
      yield headerOf({ n, ...(holes && { extents: holes }) });
      for (const piece of piecesOf(handle, extents)) {
        digest.add(piece);
        pace.count(0, piece.length);
        yield piece;
      }
      yield headerOf({ digest: digest.finish() });
      pace.count(1, 0);
    } catch (cause) {
      throw (cause as NodeJS.ErrnoException).code === undefined
        ? cause
        : objectDamaged(this.snapshot, entry, 'cannot be read', cause);
    } finally {
      fs.closeSync(handle);
    }
  }

  private async digestOf(entry: Entry, pace: Pace): Promise<string> {
    const handle = openObject(this.store, this.snapshot, entry);
    try {
      return await digestOf(handle, entry.size, holesOf(handle, entry.size) ?? wholeOf(entry.size), pace);
    } finally {
      fs.closeSync(handle);
    }
  }

  /** Holes are not sent. */
  private allocatedBytes(entry: Entry): number {
    const handle = openObject(this.store, this.snapshot, entry);
    const { blocks } = fs.fstatSync(handle);
    fs.closeSync(handle);
    return Math.min(entry.size, blocks * 512);
  }
}

/** What the receiver wants, in order, and of some of it the digest of what that has. */
async function readWanted(data: HostData, most: number, pace: Pace) {
  const wanted: number[] = [];
  const digests = new Map<number, string>();
  const lines = linesOf(unzstd(new Pieces(data.receive())));
  for (let next = await pace.orCancelled(lines.next()); !next.done; next = await pace.orCancelled(lines.next())) {
    const line = decodeWanted(next.value);
    const count = 'count' in line ? line.count : 1;
    if (line.from + count > most) throw new Error('more is wanted than there is');
    for (let n = line.from; n < line.from + count; n++) wanted.push(n);
    if ('digest' in line) digests.set(line.from, line.digest);
  }
  return { wanted, digests };
}

async function* linesOf(source: AsyncIterable<Buffer>): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for await (const piece of source) {
    const lines = (rest + piece.toString('latin1')).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== '') throw new Error('a line that does not end');
}

function waitsOfSending(): Waits<SendingStage> {
  return new Waits<SendingStage>('pack', { compress: 'pack', upload: 'pack' });
}
