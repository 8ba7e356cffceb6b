import type { AgentMethods, PendingRestore, SwitchResult } from '../../core/agentProtocol';
import { changesOf, type Changes } from '../../core/changes';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import { isTrustedFileSystem } from '../../core/unchanged';
import type { Pace } from '../pace';
import { readBaseline } from '../store/baseline';
import { Catalog } from '../store/catalog';
import { readPending, refusePending, removePending, settledPending, writePending } from '../store/pending';
import { VolumeStore } from '../store/volumeStore';
import type { Tree } from '../tree';
import { rootIdentity, whereabouts } from '../whereabouts';
import type { Walk } from '../walker/walker';
import { isUnchanged, refuseChanges } from './changedMeanwhile';
import type { Snapshot } from './snapshot';
import { readGoal, type Goal } from './goal';
import { Switch } from './switch';

type Params<M extends `restore.${string}` & keyof AgentMethods> = AgentMethods[M]['params'];

/** A restore of the mounted volume, step by step as the host asks for them: preview, prepare, switch, release. */
export class Restore {
  private goal: Goal | undefined;
  /** For the safety snapshot's last pass, as `preview` saw it. */
  private planned: Switch | undefined;
  private ready: Switch | undefined;
  private safety: Snapshot | undefined;
  private isGrouped = false;

  constructor(
    private readonly root: string,
    private readonly tree: Tree,
  ) {}

  /** What there is to do; with `safety`, compared with its last pass. Also checks all that can be checked before. */
  async preview(params: Params<'restore.preview'>, safety: Snapshot | undefined, pace: Pace): Promise<Changes> {
    const { plan, seen } = await this.check(params, safety, pace);
    return changesOf(plan, seen);
  }

  async check(params: Params<'restore.check'>, safety: Snapshot | undefined, pace: Pace): Promise<Switch> {
    const goal = await this.goalOf(params);
    pace.phase('plan');
    const planned = safety ? this.planFor(safety, goal) : await this.look(goal, undefined, pace);
    await planned.check(pace);
    return planned;
  }

  /**
   * Commits the safety snapshot, checks once more, and writes `pending.json`; nothing of the volume is touched yet. What
   * changed after the safety snapshot's last pass is found by `lookOnceMore`.
   */
  async prepare(
    params: Params<'restore.prepare'>,
    safety: Snapshot | undefined,
    pace: Pace,
  ): Promise<{ safety: SnapshotEntry | null }> {
    const { source, snapshot, target: spec, group } = params;
    const goal = await this.goalOf(params);
    const pending: PendingRestore = {
      format: 1,
      source,
      snapshot,
      target: spec,
      ...(safety && { safety: safety.id }),
      ...(group !== undefined && { group }),
      root: rootIdentity(this.tree),
      startedAt: new Date().toISOString(),
    };
    const committed = safety && params.safety ? await safety.commit(params.safety, pace) : null;
    const ready = safety ? this.planFor(safety, goal) : await this.look(goal, undefined, pace);
    // Written before the last checks: from here on nobody deletes the snapshot.
    writePending(goal.target, pending);
    try {
      await ready.check(pace);
    } catch (error) {
      removePending(goal.target);
      throw error;
    }
    this.ready = ready;
    this.safety = safety;
    this.isGrouped = group !== undefined;
    return { safety: committed };
  }

  get volume(): string {
    if (!this.goal) throw new Error('no restore has begun');
    return this.goal.target.volume;
  }

  /**
   * At the last moment, for the flush of the safety snapshot may have taken long. Refuses what changed after that snapshot's
   * last pass: it would be in no snapshot. Nothing of the volume was touched then.
   */
  async lookOnceMore(pace: Pace): Promise<void> {
    const { goal, safety } = this;
    if (!this.ready || !goal) throw new Error('no switch is prepared');
    if (!safety) return;
    try {
      this.ready = await this.lookAgain(goal, safety, this.tree.walk(), pace);
    } catch (error) {
      this.drop();
      throw error;
    }
  }

  /** The critical section. `pending.json` stays for `release` when other volumes are switched with this one. */
  async switch(pace: Pace): Promise<SwitchResult> {
    // Together with others it is decided by now that all are switched: they have looked before that.
    if (!this.isGrouped) await this.lookOnceMore(pace);
    const { goal, ready } = this;
    if (!ready || !goal) throw new Error('no switch is prepared');
    await pace.beginCritical();
    this.ready = undefined;
    const result = await ready.carryOut(pace);
    const pending = readPending(goal.target);
    new Catalog(this.root).setWayBack(goal.target.volume, pending?.safety);
    if (pending?.group === undefined) removePending(goal.target);
    else writePending(goal.target, { ...pending, switched: true });
    return result;
  }

  /** The volumes that were switched together are all done. */
  release(): void {
    if (this.goal) removePending(this.goal.target);
  }

  /** Takes back what was prepared, unless it is decided that it happens. */
  drop(): void {
    if (!this.ready || !this.goal) return;
    this.ready = undefined;
    const { target } = this.goal;
    if (readPending(target)?.group === undefined) removePending(target);
    else settledPending(target);
  }

  /** Refuses what changed since the safety snapshot's last pass: then the plan for that is still the right one. */
  private async lookAgain(goal: Goal, safety: Snapshot, walk: Walk, pace: Pace): Promise<Switch> {
    pace.phase('plan');
    const planned = this.planFor(safety, goal);
    pace.phase('scan');
    if (await isUnchanged(walk, { seen: safety.seen, exact: this.isExact }, pace)) return planned;
    const found = await this.look(goal, safety, pace);
    this.refuseChangesSince(safety, found);
    return found;
  }

  private planFor(safety: Snapshot, goal: Goal): Switch {
    if (this.planned?.seen !== safety.seen || this.planned.goal !== goal) {
      this.planned = new Switch(this.tree, goal, safety.records, safety.seen);
    }
    return this.planned;
  }

  private async look(goal: Goal, safety: Snapshot | undefined, pace: Pace): Promise<Switch> {
    const records = safety?.records ?? (await readBaseline(goal.target, whereabouts(this.tree, goal.spec)));
    return Switch.look(this.tree, goal, records, pace);
  }

  private refuseChangesSince(safety: Snapshot, { seen }: Switch): void {
    const recorded = safety.records.entries;
    refuseChanges(this.goal!.target.volume, {
      current: seen,
      recorded,
      exact: this.isExact,
    });
  }

  /** Inodes and ctimes tell something here. */
  private get isExact(): boolean {
    return isTrustedFileSystem(this.tree.fileSystem().type);
  }

  /** Read once: the preview, and what follows it, are of the same snapshot. */
  private async goalOf(params: Params<'restore.preview'>): Promise<Goal> {
    const { source, snapshot, target } = params;
    refusePending(new VolumeStore(this.root, target.name));
    if (this.goal?.snapshot !== snapshot || this.goal.source.volume !== source) {
      this.goal = await readGoal(this.root, params);
    }
    return this.goal;
  }
}
