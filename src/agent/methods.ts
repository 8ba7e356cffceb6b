import * as fs from 'node:fs';
import type { AgentMethod, AgentMethods } from '../core/agentProtocol';
import type { Entry } from '../core/entry';
import { plainEntry } from '../core/recorded';
import type { HostData } from './hostData';
import { analyseVolume } from './operations/analyse';
import { clean, deleteSnapshots, forgetSwitch } from './operations/cleaning';
import { unpackBackup } from './operations/unpack';
import { unpackForeign } from './operations/unpackForeign';
import { changeNote } from './operations/note';
import { storeNothing } from './operations/nothing';
import { packSnapshot } from './operations/pack';
import { Restore } from './operations/restore';
import { resumeSwitch } from './operations/resume';
import { prune } from './operations/retention';
import { shareSnapshot } from './operations/shareSnapshot';
import { Snapshot } from './operations/snapshot';
import { volumeSize } from './operations/volumeSize';
import type { Pace } from './pace';
import { failingWhenFull } from './space';
import { Catalog } from './store/catalog';
import { decide } from './store/groupDecision';
import { VolumeStore } from './store/volumeStore';
import { Receiving } from './transfer/receiving';
import { Sending } from './transfer/sending';
import { Tree } from './tree';
import type { Walker } from './walker/walker';

/** What an agent was given to work on. */
export interface Mounts {
  store?: string | undefined;
  /** Of its volume. */
  walker?: Walker | undefined;
}

/** What an agent does between its start and its end: at most one snapshot, and at most one restore. */
export class Work {
  private snapshot: Snapshot | undefined;
  private openTree: Tree | undefined;
  private openRestore: Restore | undefined;
  private sending: Sending | undefined;
  private receiving: Receiving | undefined;
  /** The volume that was switched. A host that dies before it has heard of it is told by a recovery. */
  private finished: string | undefined;

  constructor(private readonly mounts: Mounts) {}

  async run<M extends AgentMethod>(
    method: M,
    params: AgentMethods[M]['params'],
    pace: Pace,
    data: HostData,
  ): Promise<AgentMethods[M]['result']> {
    const handler = this.methods[method];
    if (!handler) throw new Error(`no such method: ${method}`);
    return handler(params, pace, data);
  }

  /** The host lives: it knows how its requests ended. */
  heard(): void {
    if (this.finished !== undefined) new Catalog(this.store).withdrawFinished(this.finished);
  }

  /** Leaves nothing uncommitted behind. */
  end(): void {
    this.snapshot?.drop();
    this.snapshot = undefined;
    this.openRestore?.drop();
  }

  private readonly methods: { [M in AgentMethod]: Handler<M> } = {
    'snapshot.begin': ({ volume }, pace) => {
      if (this.snapshot) throw new Error('a snapshot is being taken already');
      const snapshot = (this.snapshot = new Snapshot(new VolumeStore(this.store, volume.name), this.tree, volume));
      return this.orDrop(async () => {
        const first = await snapshot.first(pace);
        return { ...first, id: snapshot.id, databases: snapshot.databases };
      });
    },
    'snapshot.catchUp': (_, pace) => this.orDrop(() => this.taking.catchUp(pace)),
    'snapshot.again': (_, pace) => this.orDrop(() => this.taking.again(pace)),
    'snapshot.prepare': (request, pace) =>
      this.orDrop(async () => ({ isStill: await this.taking.prepare(request, pace) })),
    'snapshot.commit': async (request, pace) => {
      const entry = await this.orDrop(() => this.taking.commit(request, pace));
      this.snapshot = undefined;
      return entry;
    },
    'restore.check': async (params, pace) => {
      await this.restore.check(params, this.snapshot, pace);
      return {};
    },
    'restore.preview': (params, pace) => this.restore.preview(params, this.snapshot, pace),
    'restore.prepare': async (params, pace) => {
      const prepared = await this.orDrop(() => this.restore.prepare(params, this.snapshot, pace));
      this.snapshot = undefined;
      return prepared;
    },
    'restore.lookOnceMore': (_, pace) =>
      this.orDrop(async () => {
        await this.restore.lookOnceMore(pace);
        return {};
      }),
    'restore.decide': ({ group, direction }) => {
      decide(this.store, group, direction);
      return {};
    },
    'restore.switch': async (_, pace) => {
      const switched = await this.restore.switch(pace);
      this.noteFinished(this.restore.volume);
      return switched;
    },
    'restore.release': () => {
      this.restore.release();
      return {};
    },
    'restore.keep': ({ target, request }, pace) =>
      this.orDrop(async () => {
        const store = new VolumeStore(this.store, target.name);
        this.snapshot = new Snapshot(store, this.tree, target, { isPending: true });
        await this.snapshot.first(pace);
        const kept = await this.snapshot.commit(request, pace);
        this.snapshot = undefined;
        return kept;
      }),
    'restore.resume': async (params, pace) => {
      const resumed = await resumeSwitch(this.store, this.tree, params, pace);
      if (resumed?.direction === 'forward') this.noteFinished(params.target.name);
      return resumed;
    },
    'restore.forget': ({ volume }) => {
      forgetSwitch(this.store, volume);
      return {};
    },
    'snapshot.delete': ({ volume, snapshot }, pace) => deleteSnapshots(this.store, volume, [snapshot], pace),
    'snapshot.prune': ({ volume, policy }, pace) => prune(this.store, volume, policy, pace),
    'snapshot.pack': (params, pace, data) => packSnapshot(this.store, params, data, pace),
    'snapshot.unpack': (params, pace, data) => unpackBackup(this.store, params, data, pace),
    'snapshot.unpackForeign': (params, pace, data) => unpackForeign(this.store, params, data, pace),
    'snapshot.share': (params, pace) => shareSnapshot(this.store, params, pace),
    'transfer.describe': async (params, pace, data) => {
      this.sending = await Sending.of(this.store, params);
      return this.sending.describe(params, data, pace);
    },
    'transfer.expect': async (params, pace, data) => {
      this.receiving = await Receiving.of(this.store, params, data, pace);
      return this.receiving.expect(params, data, pace);
    },
    'transfer.send': (params, pace, data) => orFail(this.sending, 'send').send(params, data, pace),
    'transfer.receive': (params, pace, data) => orFail(this.receiving, 'receive').receive(params, data, pace),
    'snapshot.nothing': ({ volume }, pace) => storeNothing(this.store, this.tree, volume, pace),
    'snapshot.note': ({ volume, snapshot, note }) => changeNote(this.store, volume, snapshot, note),
    'volume.analyse': (params, pace) =>
      analyseVolume(
        () => this.store,
        () => this.tree,
        params,
        pace,
      ),
    'volume.size': (_, pace) => volumeSize(this.tree, pace),
    'volume.root': () => {
      const { ino, mtimeNs } = fs.fstatSync(this.tree.rootHandle, { bigint: true });
      return { ino: String(ino), mtime: String(mtimeNs) };
    },
    'store.clean': (params, pace) => clean(this.store, params, pace),
    'store.catalog': () => ({ snapshots: new Catalog(this.store).rebuild() }),
    'snapshot.entries': async ({ volume, snapshot }) => {
      const { entries } = await new VolumeStore(this.store, volume).readManifest(snapshot);
      return { entries: entries.map(toWire) };
    },
  };

  private noteFinished(volume: string): void {
    this.finished = volume;
    new Catalog(this.store).announceFinished(volume);
  }

  /** A snapshot that failed or was cancelled is dropped at once: what it copied takes room. */
  private async orDrop<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await failingWhenFull('storeFull', this.store, work);
    } catch (error) {
      this.end();
      throw error;
    }
  }

  private get taking(): Snapshot {
    if (!this.snapshot) throw new Error('no snapshot is being taken');
    return this.snapshot;
  }

  private get restore(): Restore {
    return (this.openRestore ??= new Restore(this.store, this.tree));
  }

  private get store(): string {
    if (this.mounts.store === undefined) throw new Error('this agent has no store');
    return this.mounts.store;
  }

  private get tree(): Tree {
    const { walker } = this.mounts;
    if (!walker) throw new Error('this agent has no volume');
    return (this.openTree ??= new Tree(walker.root, walker));
  }
}

type Handler<M extends AgentMethod> = (
  params: AgentMethods[M]['params'],
  pace: Pace,
  data: HostData,
) => AgentMethods[M]['result'] | Promise<AgentMethods[M]['result']>;

function orFail<T>(begun: T | undefined, what: string): T {
  if (!begun) throw new Error(`there is nothing to ${what}`);
  return begun;
}

function toWire(entry: Entry) {
  return { ...plainEntry(entry), mtime: String(entry.mtime), ctime: String(entry.ctime), ino: String(entry.ino) };
}
