import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import type { PassResult } from '../../core/agentProtocol';
import type { Database } from '../../core/database';
import type { SnapshotEntry, SnapshotRequest, VolumeSpec } from '../../core/snapshotEntry';
import { objectsOf } from '../../core/objectSet';
import { snapshotId } from '../../core/storeLayout';
import type { Phase } from '../../core/timings/record';
import { isTrustedFileSystem } from '../../core/unchanged';
import { ContentCopier } from '../content';
import { findDatabases } from '../databases';
import { flushFileSystem } from '../libc';
import { nothingKnown, type Known, type Observed } from '../observe';
import type { Pace } from '../pace';
import { adoptManifest, readBaseline } from '../store/baseline';
import { Catalog } from '../store/catalog';
import { flushStore, makeVisible } from '../store/commit';
import { removeIfThere } from '../store/durable';
import { writeManifest } from '../store/manifestFile';
import { NewObjects } from '../store/newObjects';
import { refusePending } from '../store/pending';
import { ensurePresent } from '../store/presence';
import { describeSnapshot } from '../store/recordedSnapshot';
import { makeStamp } from '../store/stamp';
import { dropUncommitted } from '../store/uncommitted';
import type { VolumeStore } from '../store/volumeStore';
import type { Tree } from '../tree';
import { whereabouts, type Whereabouts } from '../whereabouts';
import { isUnchanged } from './changedMeanwhile';
import { Pass, type PassStart } from './pass';

/** A cancel is to settle within two seconds; what is not removed by then is left to the next cleaning. */
const dropMs = 1_500;

/** A snapshot that is being taken: one or two passes, then the commit. Everything before that can be dropped. */
export class Snapshot {
  private readonly catalog: Catalog;
  private readonly objects: NewObjects;
  private readonly copier = new ContentCopier();
  private readonly phases: Phase[] = [];
  private readonly here: Whereabouts;
  private stamp = 0n;
  private last: Pass | undefined;
  /** Of what the last pass saw: on the disk, but for the rename. */
  private prepared: SnapshotEntry | undefined;

  readonly id = snapshotId(new Date(), randomBytes(3));

  constructor(
    private readonly store: VolumeStore,
    private readonly tree: Tree,
    private readonly volume: VolumeSpec,
    { isPending = false } = {},
  ) {
    if (!isPending) refusePending(store);
    this.catalog = new Catalog(store.store);
    this.objects = new NewObjects(store.at.objects, this.id);
    this.here = whereabouts(tree, volume);
  }

  /**
   * Pass 1: stamp, flush and scan, copy. Nothing is copied before the flush has ended, or an mmap writer could make a
   * stale copy look current; to look needs no flush (`core/unchanged.ts`).
   */
  async first(pace: Pace): Promise<PassResult> {
    this.announce();
    const flushed = this.beginFlush();
    pace.phase('scan');
    using walk = this.tree.walk();
    const known = await pace.orCancelled(readBaseline(this.store, this.here));
    return await this.pass(known, pace, { flushed, walk });
  }

  /** A further pass while the app runs, for what changed since the last one: the next has less to do. */
  catchUp(pace: Pace): Promise<PassResult> {
    const known = this.isTrusted ? this.records : nothingKnown;
    return this.pass(known, pace, { flushed: this.beginFlush() });
  }

  /** The last pass, while the app is frozen: what is not proved unchanged since the one before is copied again, on file systems without proof everything. */
  again(pace: Pace): Promise<PassResult> {
    return this.pass(this.isTrusted ? this.records : nothingKnown, pace);
  }

  /** What the last pass saw, sockets included: a restore has to remove them. */
  get seen(): readonly Observed[] {
    return this.last?.seen ?? [];
  }

  /** Whose data is among it. */
  get databases(): Database[] {
    return findDatabases(this.seen, this.store.at.objects);
  }

  /** Proof of what has not changed since. */
  get records(): Known {
    return { entries: this.seen, stamp: this.stamp };
  }

  /**
   * Everything of a commit before its rename. Says whether the volume still was, after its last pass, what that had seen;
   * only then is it prepared. A walk, and not the engine's events: they know of no writer outside of containers.
   */
  async prepare(request: SnapshotRequest, pace: Pace): Promise<boolean> {
    let isStill = false;
    // Begun before the manifest is written, which takes about as long.
    using walk = this.tree.walk();
    const entry = await this.write(request, pace, async () => {
      pace.phase('scan');
      isStill = await isUnchanged(walk, { seen: this.seen, exact: this.isTrusted }, pace);
      pace.phase('flush');
    });
    this.prepared = isStill ? entry : undefined;
    return isStill;
  }

  /** Flushes everything, unless it is prepared, then makes the snapshot visible with one rename. */
  async commit(request: SnapshotRequest, pace: Pace): Promise<SnapshotEntry> {
    const { store, id, volume } = this;
    const entry = this.prepared ?? (await this.write(request, pace));
    await pace.beginCritical();
    makeVisible(store, entry);
    adoptManifest(store, id);
    this.catalog.withdrawSnapshot(volume.name, id);
    return entry;
  }

  /** All that the snapshot is made of, onto the disk. `meanwhile` runs while the flush is waited for. */
  private async write(request: SnapshotRequest, pace: Pace, meanwhile = async () => {}): Promise<SnapshotEntry> {
    pace.phase('flush');
    const { store, id, volume, last } = this;
    if (!last) throw new Error('nothing was copied yet');
    const { time, entries, losses } = last;
    const objects = objectsOf(entries);
    this.objects.removeUnnamed(objects);
    this.objects[Symbol.dispose]();
    // The objects are on their way to the disk while the manifest is written.
    const objectsFlushed = flushStore(store);
    objectsFlushed.catch(() => {});
    const header = { format: 2 as const, ...this.here, volume: named(volume), snapshot: id, stamp: String(this.stamp) };
    // One of an earlier pass, after which something was written to the volume.
    removeIfThere(`${this.incoming}/manifest`);
    await writeManifest(`${this.incoming}/manifest`, header, entries);
    this.addPhases(pace);
    pace.phase('flush');
    const { databases, phases } = this;
    const taken = { id, volume, time, entries, losses: losses.list(), databases, phases };
    const entry = describeSnapshot(store, taken, request);
    fs.writeFileSync(`${this.incoming}/entry.json`, JSON.stringify(entry), { mode: 0o600 });
    const flushed = Promise.all([objectsFlushed, flushStore(store)]);
    await pace.orCancelled(Promise.all([flushed, ensurePresent(store, objects), meanwhile()]));
    return entry;
  }

  /** The stamp comes first: see `core/unchanged.ts`. */
  private beginFlush(): Promise<void> {
    this.stamp = makeStamp(`${this.incoming}/stamp`);
    const flushed = this.isTrusted ? flushFileSystem(this.tree.rootHandle) : Promise.resolve();
    flushed.catch(() => {}); // seen when it is waited for
    return flushed;
  }

  /** Before anything is made: whoever finds us dead is to know what to look for. */
  private announce(): void {
    this.store.makeFolders();
    this.catalog.announceSnapshot(this.store.volume, this.id);
    fs.mkdirSync(this.incoming, { mode: 0o700 });
  }

  /** Removes what is there of it. */
  drop(): void {
    this.objects[Symbol.dispose]();
    dropUncommitted(this.store, this.id, performance.now() + dropMs);
  }

  private async pass(known: Known, pace: Pace, start: Omit<PassStart, 'isTrusted'> = {}): Promise<PassResult> {
    const { store, tree, objects, copier, isTrusted } = this;
    this.prepared = undefined;
    this.last = new Pass(store, { tree, objects, copier });
    const result = await this.last.run(known, pace, { ...start, isTrusted });
    this.addPhases(pace);
    return result;
  }

  private addPhases(pace: Pace): void {
    pace.endPhase();
    this.phases.push(...pace.takePhases());
  }

  private get isTrusted(): boolean {
    return isTrustedFileSystem(this.here.fileSystem);
  }

  private get incoming(): string {
    return `${this.store.at.incoming}/${this.id}`;
  }
}

function named({ name, createdAt }: VolumeSpec) {
  return { name, createdAt };
}
