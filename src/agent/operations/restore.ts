import { setTimeout } from 'node:timers/promises';
import type { AgentMethods, PendingRestore, SwitchResult } from '../../core/agentProtocol';
import type { Entry } from '../../core/entry';
import { Failure } from '../../core/failure';
import { plan, type Plan } from '../../core/plan';
import type { VolumeSpec } from '../../core/snapshotEntry';
import { checkedObject } from '../../core/storeLayout';
import { isTrustedFileSystem } from '../../core/unchanged';
import { apply } from '../apply';
import { ContentCopier } from '../content';
import { flushFileSystem } from '../libc';
import { Losses } from '../losses';
import { observe, type Known, type Observed } from '../observe';
import type { Pace } from '../pace';
import { failingWhenFull } from '../space';
import { dropBaseline, readBaseline, writeBaseline } from '../store/baseline';
import { readPending, refusePending, removePending, writePending } from '../store/pending';
import { makeStamp } from '../store/stamp';
import { VolumeStore } from '../store/volumeStore';
import type { Tree } from '../tree';
import { firstDifference } from '../verify';
import { rootIdentity, whereabouts } from '../whereabouts';
import { refuseChanges } from './changedMeanwhile';
import { ensureObjects, ensureVolumeSpace } from './switchChecks';

type SwitchParams = AgentMethods['restore.switch']['params'];

/** One more than the clock's tick, so that what was just written lies safely before the stamp. */
const tickMs = 12;

/** Checks everything that can be checked, and only then begins to write. */
export async function switchVolume(root: string, tree: Tree, params: SwitchParams, pace: Pace): Promise<SwitchResult> {
  const target = new VolumeStore(root, params.target.name);
  refusePending(target);
  const source = new VolumeStore(root, params.source);
  if (!source.has(params.snapshot)) {
    throw new Failure('snapshotNotFound', { volume: params.source, snapshot: params.snapshot });
  }
  // Written before the checks: from here on nobody deletes the snapshot.
  writePending(target, { format: 1, ...params, root: rootIdentity(tree), startedAt: new Date().toISOString() });
  let prepared: Switch;
  try {
    const { snapshot, safety, target: spec } = params;
    prepared = await Switch.prepare(tree, { source, target, snapshot, spec, safety }, pace);
    await pace.beginCritical();
  } catch (error) {
    removePending(target);
    throw error;
  }
  return prepared.carryOut(pace);
}

/** Finishes what a switch left half done. Nothing here can be cancelled; when it fails, the switch is still pending. */
export async function resumeSwitch(
  root: string,
  tree: Tree,
  { target: spec, direction }: AgentMethods['restore.resume']['params'],
  pace: Pace,
): Promise<SwitchResult | null> {
  const target = new VolumeStore(root, spec.name);
  const pending = readPending(target);
  if (!pending) return null;
  // FUSE and network file systems may give the same folder another inode at each mount.
  const isTrusted = isTrustedFileSystem(tree.fileSystem().type);
  if (isTrusted && pending.root !== rootIdentity(tree)) throw new Failure('volumeRecreated', { volume: spec.name });
  pace.phase('scan');
  await pace.beginCritical();
  const { source, snapshot } = direction === 'back' ? turnBack(target, pending) : pending;
  const prepared = await Switch.prepare(tree, { source: new VolumeStore(root, source), target, snapshot, spec }, pace);
  return prepared.carryOut(pace);
}

function turnBack(target: VolumeStore, pending: PendingRestore): PendingRestore {
  if (!pending.safety) throw new Failure('restoreIncomplete', { volume: target.volume });
  const back = { ...pending, source: target.volume, snapshot: pending.safety };
  writePending(target, back);
  return back;
}

interface Where {
  source: VolumeStore;
  target: VolumeStore;
  snapshot: string;
  spec: VolumeSpec;
  /** The snapshot of what is about to be destroyed. */
  safety?: string | undefined;
}

class Switch {
  private readonly losses = new Losses();
  private readonly copier = new ContentCopier();

  private constructor(
    private readonly tree: Tree,
    private readonly where: Where,
    private readonly wanted: Entry[],
    private readonly known: Known,
  ) {}

  private current: Observed[] = [];
  private todo!: Plan;

  static async prepare(tree: Tree, where: Where, pace: Pace): Promise<Switch> {
    pace.phase('scan');
    const { entries } = await where.source.readManifest(where.snapshot);
    const baseline = await readBaseline(where.target, whereabouts(tree, where.spec));
    const known = where.source.volume === where.target.volume ? baseline : withoutObjects(baseline);
    const prepared = new Switch(tree, where, entries, known);
    await prepared.look(pace);
    if (where.safety) await prepared.refuseChangesSince(where.safety, baseline);
    pace.phase('plan');
    await ensureObjects(where.source, prepared.todo.files, where.snapshot, pace);
    await ensureVolumeSpace(tree, where.source, prepared.todo, { copier: prepared.copier, pace });
    return prepared;
  }

  /** The critical section. A tree that someone changed meanwhile gets one more chance. */
  async carryOut(pace: Pace): Promise<SwitchResult> {
    const result = this.summary();
    let difference: string | undefined = '';
    for (let attempt = 0; attempt < 2 && difference !== undefined; attempt++) {
      if (attempt > 0) this.todo = plan(this.current, this.wanted);
      await this.applyPlan(pace);
      const stamp = await this.settle(pace);
      difference = await this.verify(pace);
      if (difference === undefined) await this.remember(stamp);
    }
    if (difference !== undefined) {
      throw new Failure('restoreIncomplete', { volume: this.where.target.volume, path: difference });
    }
    removePending(this.where.target);
    return { ...result, losses: this.losses.list() };
  }

  private async look(pace: Pace): Promise<void> {
    this.current = await observe(this.tree, this.known, pace, new Losses());
    this.todo = plan(this.current, this.wanted);
  }

  private async refuseChangesSince(safety: string, baseline: Known): Promise<void> {
    const { target } = this.where;
    const read = async () => new Map((await target.readManifest(safety)).entries.map((entry) => [entry.path, entry]));
    const recorded = baseline.snapshot === safety ? baseline.entries : await read();
    refuseChanges(target.volume, { current: this.current, recorded, exact: this.isTrusted });
  }

  private applyPlan(pace: Pace): Promise<void> {
    const { tree, losses, copier, todo, where } = this;
    const totalBytes = todo.files.reduce((sum, { size }) => sum + size, 0);
    pace.phase('switch', { totalFiles: todo.files.length, totalBytes });
    const objectPath = ({ object = '' }: Entry) => where.source.objectPath(checkedObject(object));
    return failingWhenFull('volumeFull', tree.root, () => apply(todo, { tree, objectPath, copier, pace, losses }));
  }

  private async settle(pace: Pace): Promise<bigint> {
    pace.phase('flush');
    await setTimeout(tickMs);
    const stamp = makeStamp(`${this.where.target.at.folder}/stamp`);
    await flushFileSystem(this.tree.rootHandle);
    return stamp;
  }

  private async verify(pace: Pace): Promise<string | undefined> {
    pace.phase('scan');
    this.current = await observe(this.tree, this.known, pace, new Losses());
    const lostXattrs = this.losses.list().some(({ kind }) => kind === 'xattr');
    return firstDifference(this.current, this.wanted, { times: this.isTrusted, xattrs: !lostXattrs });
  }

  /** The next snapshot finds what was just written unchanged, instead of copying it. */
  private async remember(stamp: bigint): Promise<void> {
    const { source, target, spec, snapshot } = this.where;
    if (source.volume !== target.volume || !this.isTrusted) return dropBaseline(target);
    const entries = this.current.map((entry, i) => withObject(entry, this.wanted[i]!));
    const { fileSystem, device, root } = whereabouts(this.tree, spec);
    const volume = { name: spec.name, createdAt: spec.createdAt };
    await writeBaseline(target, {
      header: { format: 1, volume, snapshot, stamp: String(stamp), fileSystem, device, root },
      entries,
    });
  }

  private get isTrusted(): boolean {
    return isTrustedFileSystem(this.tree.fileSystem().type);
  }

  private summary(): Omit<SwitchResult, 'losses'> {
    const { files, kept, remove, metadata, folderMetadata } = this.todo;
    return {
      writtenFiles: files.length,
      writtenBytes: files.reduce((sum, { size }) => sum + size, 0),
      keptFiles: kept.files,
      keptBytes: kept.bytes,
      removedEntries: remove.length,
      changedMetadata: metadata.length + folderMetadata.length,
    };
  }
}

/** Objects of different volumes have nothing to do with each other. */
function withoutObjects({ entries, stamp }: Known): Known {
  return { entries: new Map([...entries].map(([path, entry]) => [path, { ...entry, object: undefined }])), stamp };
}

function withObject(entry: Entry, { object }: Entry): Entry {
  return object === entry.object ? entry : { ...entry, object };
}
