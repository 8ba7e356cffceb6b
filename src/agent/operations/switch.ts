import { setTimeout } from 'node:timers/promises';
import type { SwitchResult } from '../../core/agentProtocol';
import type { Entry } from '../../core/entry';
import { Failure } from '../../core/failure';
import { plan, type Plan } from '../../core/plan';
import { hasObject, plainEntry } from '../../core/recorded';
import { checkedObject } from '../../core/storeLayout';
import { isTrustedFileSystem } from '../../core/unchanged';
import { apply } from '../apply';
import { ContentCopier } from '../content';
import { flushFileSystem } from '../libc';
import { Losses } from '../losses';
import { observe, type Known, type Observed } from '../observe';
import type { Pace } from '../pace';
import { failingWhenFull } from '../space';
import { dropBaseline, stageBaseline } from '../store/baseline';
import { makeStamp } from '../store/stamp';
import type { Tree } from '../tree';
import { firstDifference } from '../verify';
import { whereabouts } from '../whereabouts';
import { Written } from '../written';
import type { Goal } from './goal';
import { ensureObjects, ensureVolumeSpace } from './switchChecks';

/** One more than the clock's tick, so that what was just written lies safely before the stamp. */
const tickMs = 12;

/** Makes a volume's tree equal to a snapshot: look, check, and then the part that nothing may interrupt. */
export class Switch {
  private readonly losses = new Losses();
  private readonly copier = new ContentCopier();
  private readonly written = new Written();
  private todo: Plan;

  /** `known`: records of the volume, with objects, whose ids are unique over all volumes; `current`: how it was just seen to be. */
  constructor(
    private readonly tree: Tree,
    readonly goal: Goal,
    private readonly known: Known,
    private current: readonly Observed[],
  ) {
    this.todo = plan(current, goal.wanted);
  }

  static async look(tree: Tree, goal: Goal, known: Known, pace: Pace): Promise<Switch> {
    pace.phase('scan');
    return new Switch(tree, goal, known, await observe(tree, known, pace, new Losses()));
  }

  get plan(): Plan {
    return this.todo;
  }

  get seen(): readonly Observed[] {
    return this.current;
  }

  /** Everything that can be checked before the first byte is written. Rejects with snapshotDamaged or volumeFull. */
  async check(pace: Pace): Promise<void> {
    const { source, snapshot } = this.goal;
    pace.phase('plan');
    await ensureObjects(source, this.todo.files, snapshot, pace);
    await ensureVolumeSpace(this.tree, source, this.todo, { copier: this.copier, pace });
  }

  /** The critical section. A tree that someone changed meanwhile gets one more chance. */
  async carryOut(pace: Pace): Promise<SwitchResult> {
    const result = summary(this.todo);
    let difference = await this.attempt(pace);
    if (difference !== undefined) {
      this.todo = plan(this.current, this.goal.wanted);
      difference = await this.attempt(pace);
    }
    if (difference !== undefined) {
      throw new Failure('restoreIncomplete', { volume: this.goal.target.volume, path: difference });
    }
    return { ...result, losses: this.losses.list() };
  }

  /** The first path that is not as wanted after it. */
  private async attempt(pace: Pace): Promise<string | undefined> {
    await this.applyPlan(pace);
    await setTimeout(tickMs);
    const stamp = makeStamp(`${this.goal.target.at.folder}/stamp`);
    const flushed = flushFileSystem(this.tree.rootHandle);
    flushed.catch(() => {}); // seen when it is waited for
    const difference = await this.verify(pace);
    // Records of what is not on the disk yet would outlive it in a power cut.
    const remember = difference === undefined ? await this.remember(stamp) : undefined;
    pace.phase('flush');
    await flushed;
    remember?.();
    return difference;
  }

  private applyPlan(pace: Pace): Promise<void> {
    const { tree, losses, copier, todo, written, goal } = this;
    const totalBytes = todo.files.reduce((sum, { size }) => sum + size, 0);
    pace.phase('switch', { totalFiles: todo.files.length, totalBytes });
    const objectPath = ({ object = '' }: Entry) => goal.source.objectPath(checkedObject(object));
    const volume = goal.target.volume;
    const work = () => apply(todo, { volume, tree, objectPath, copier, pace, losses, written });
    return failingWhenFull('volumeFull', tree.root, work);
  }

  private async verify(pace: Pace): Promise<string | undefined> {
    pace.phase('verify');
    this.current = await observe(this.tree, this.known, pace, new Losses());
    const lostXattrs = this.losses.list().some(({ kind }) => kind === 'xattr');
    return firstDifference(this.current, this.goal.wanted, { times: this.isTrusted, xattrs: !lostXattrs });
  }

  /**
   * The next snapshot finds what was just written unchanged, instead of copying it; but only where it is as we left it.
   * To be called when the volume is on the disk.
   */
  private async remember(stamp: bigint): Promise<() => void> {
    const { source, target, spec, snapshot, wanted } = this.goal;
    if (source.volume !== target.volume || !this.isTrusted) return () => dropBaseline(target);
    const entries = this.current.map((entry, i) =>
      !hasObject(entry) && this.written.has(entry) ? { ...plainEntry(entry), object: wanted[i]!.object } : entry,
    );
    const { fileSystem, device, root } = whereabouts(this.tree, spec);
    const volume = { name: spec.name, createdAt: spec.createdAt };
    return stageBaseline(target, {
      header: { format: 2, volume, snapshot, stamp: String(stamp), fileSystem, device, root },
      entries,
    });
  }

  private get isTrusted(): boolean {
    return isTrustedFileSystem(this.tree.fileSystem().type);
  }
}

function summary({ files, kept, remove, metadata, folderMetadata }: Plan): Omit<SwitchResult, 'losses'> {
  return {
    writtenFiles: files.length,
    writtenBytes: files.reduce((sum, { size }) => sum + size, 0),
    keptFiles: kept.files,
    keptBytes: kept.bytes,
    removedEntries: remove.length,
    changedMetadata: metadata.length + folderMetadata.length,
  };
}
