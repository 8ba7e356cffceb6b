import type { AgentSession } from '../agentClient/session';
import type { Expected } from '../agentProtocol';
import type { VolumeEngine } from '../engine';
import { Failure } from '../failure';
import { byAge, type SnapshotEntry, type VolumeSpec } from '../snapshotEntry';
import type { StageTimes } from '../timings/record';
import { Pipe } from '../transfer/pipe';
import { ask } from './ask';
import { inParallel } from './inParallel';
import { openHelper } from './openHelper';
import { onOther } from './otherEngine';
import type { Host, Run } from './run';
import { withProgress, withRate } from './withRate';

export interface TransferRequest {
  snapshot: SnapshotEntry;
  /** The volume there; it need not exist yet. */
  target: VolumeSpec;
  /** Of zstd. */
  level: number;
}

/** What went over, in bytes as they were on the way. */
export interface Transferred {
  /** The snapshot there. */
  copy: SnapshotEntry;
  expected: Expected;
  sentBytes: number;
}

/**
 * Makes a snapshot one of a volume on another engine, from one agent to the other: what is in it, what of that the other one
 * lacks, and then that. What was equal by the ids of its objects or by its content, or has come in a transfer that was
 * interrupted, is not sent. This process holds no more of it than a moment's worth.
 */
export async function transfer(
  near: Host,
  far: Host,
  { snapshot, target, level }: TransferRequest,
  run: Run,
): Promise<Transferred> {
  const copies = await onOther(far, () => copiesThere(near, far, { snapshot, target }, run));
  await using source = new Opening(near, snapshot.volume.name);
  await using sink = new Opening(far, target.name);
  // Who is refused lets go of all, and everyone begins with the same one: nobody waits for a lock with another one in hand.
  for (const side of [source, sink].sort(byEngine)) await side.open(run);

  const broken = new AbortController();
  const signal = AbortSignal.any([run.signal, broken.signal]);
  const [records, wanted, objects] = [new Pipe(signal), new Pipe(signal), new Pipe(signal)];
  let there: StageTimes = {};
  const send = async (part: Run) => {
    const { session } = source;
    const params = { volume: snapshot.volume.name, snapshot: snapshot.id, level, copies };
    await ask(session, 'transfer.describe', params, part, { onData: (piece) => records.write(piece) });
    records.end();
    const shown = withProgress(withRate(part), ({ stages, ...progress }) => ({
      ...progress,
      ...(stages && { stages: withThere(stages, there) }),
    }));
    const options = { input: wanted.read(), onData: (piece: Uint8Array) => objects.write(piece) };
    const sent = await ask(session, 'transfer.send', { level }, shown, options);
    objects.end();
    return sent;
  };
  const receive = async (part: Run) => {
    const { session } = sink;
    const options = { input: records.read(), onData: (piece: Uint8Array) => wanted.write(piece) };
    const expected = await ask(session, 'transfer.expect', { volume: target, level }, part, options);
    wanted.end();
    const { id, name } = near.engine;
    const onProgress: Parameters<typeof session.request>[2]['onProgress'] = (progress) => {
      there = progress.stages ?? there;
      part.progress(progress);
    };
    const copy = await ask(session, 'transfer.receive', { of: snapshot, engine: { id, name } }, part, {
      input: objects.read(),
      onProgress,
    });
    return { expected, copy };
  };
  const both = {} as { sent: Awaited<ReturnType<typeof send>> } & Awaited<ReturnType<typeof receive>>;
  const sides = [
    async (part: Run) => void (both.sent = await send(part)),
    async (part: Run) => void Object.assign(both, await onOther(far, () => receive(part))),
  ];
  await inParallel(sides, run, async (side, part) => {
    try {
      await side(part);
    } catch (error) {
      broken.abort();
      throw error;
    }
  });
  const { sent, copy, expected } = both;
  await onOther(far, () => sink.session.finish());
  await source.session.finish();
  run.count({
    bytesMoved: sent.bytes,
    filesMoved: sent.files,
    bytesSkipped: Math.max(0, snapshot.totalBytes - sent.bytes),
    filesSkipped: Math.max(0, snapshot.files - sent.files),
  });
  return { copy, expected, sentBytes: records.bytes + wanted.bytes + objects.bytes };
}

export function refuseSameEngine(near: VolumeEngine, far: VolumeEngine): void {
  if (near.id === far.id) throw new Failure('engineIsTheSame', { engine: far.name });
}

/** A helper to be opened, which is ended with this. */
class Opening implements AsyncDisposable {
  private opened: AgentSession | undefined;

  constructor(
    private readonly host: Host,
    private readonly lock: string,
  ) {}

  get engineId(): string {
    return this.host.engine.id;
  }

  get session(): AgentSession {
    return this.opened!;
  }

  async open(run: Run): Promise<void> {
    const request = { operation: 'sync', lock: this.lock, store: true } as const;
    this.opened = await onOther(this.host, () => openHelper(this.host.engine, request, run));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.opened?.[Symbol.asyncDispose]();
  }
}

function byEngine(a: Opening, b: Opening): number {
  return a.engineId < b.engineId ? -1 : 1;
}

/** The snapshots of the target that came from this volume: the source sends only what its records have become since. */
async function copiesThere(
  { engine: { id } }: Host,
  { engine }: Host,
  { snapshot, target }: Pick<TransferRequest, 'snapshot' | 'target'>,
  run: Run,
) {
  const { snapshots } = await engine.readCatalog(run.signal);
  return snapshots
    .filter(({ volume }) => volume.name === target.name)
    .sort(byAge)
    .flatMap(({ id: there, copyOf }) => {
      const isFromThere = copyOf?.engine?.id === id && copyOf.volume === snapshot.volume.name;
      return isFromThere ? [{ here: copyOf.snapshot, there }] : [];
    });
}

/** While the source waits for the way, the target may be at work: of that time, so much is its own. */
function withThere({ upload = 0, ...stages }: StageTimes, { unpack = 0 }: StageTimes): StageTimes {
  const theirs = Math.min(upload, unpack);
  return { ...stages, upload: upload - theirs, unpack: theirs };
}
