import type { AgentMethods, PendingRestore, ResumeResult, SwitchDirection } from '../../core/agentProtocol';
import { Failure } from '../../core/failure';
import { isTrustedFileSystem } from '../../core/unchanged';
import type { Pace } from '../pace';
import { readBaseline } from '../store/baseline';
import { Catalog } from '../store/catalog';
import { decide } from '../store/groupDecision';
import { readPending, releaseSwitched, removePending, settledPending, writePending } from '../store/pending';
import { VolumeStore } from '../store/volumeStore';
import type { Tree } from '../tree';
import { rootIdentity, whereabouts } from '../whereabouts';
import { readGoal } from './goal';
import { Switch } from './switch';

/**
 * Finishes what a switch left half done; null when none is pending, or when it was never to happen. Nothing here can be
 * cancelled; when it fails, the switch is still pending. One that is done is known by the way back it has left.
 */
export async function resumeSwitch(
  root: string,
  tree: Tree,
  { target: spec, direction: asked, safety: own, orBack = false }: AgentMethods['restore.resume']['params'],
  pace: Pace,
): Promise<ResumeResult | null> {
  const target = new VolumeStore(root, spec.name);
  const pending = readPending(target);
  if (!pending) return own !== undefined && new Catalog(root).wayBack(spec.name) === own ? nothingLeft : null;
  refuseOther(tree, pending);
  const direction = asked === 'decided' ? settledPending(target)?.direction : asked;
  if (!direction) return null;
  if (pending.switched && direction === 'forward') return { ...nothingLeft, ...conclude(target, pending, direction) };
  pace.phase('scan');
  await pace.beginCritical();
  const resuming = { root, tree, target, pending };
  const result = direction === 'back' ? await goBack(resuming, pace) : await goOn(resuming, pace, orBack);
  // Not part of the above: of what is done, and others of its group may be released, nothing goes back any more.
  return { ...result, ...conclude(target, pending, result.direction) };
}

interface Resuming {
  root: string;
  tree: Tree;
  target: VolumeStore;
  pending: PendingRestore;
}

async function goOn(resuming: Resuming, pace: Pace, orBack: boolean): Promise<ResumeResult> {
  const { root, target, pending } = resuming;
  try {
    return await carryOut(resuming, pace);
  } catch (error) {
    if (!orBack || !pending.safety || isBack(pending)) throw error;
    process.stderr.write(`${target.volume} goes back: ${String(error)}\n`);
    const { group } = pending;
    return goBack(resuming, pace, () => group !== undefined && decide(root, group, 'back'));
  }
}

async function goBack(resuming: Resuming, pace: Pace, begin: () => void = () => {}): Promise<ResumeResult> {
  const { target, pending } = resuming;
  if (!pending.safety) throw new Failure('restoreIncomplete', { volume: target.volume });
  const { switched, ...forward } = pending;
  // Nobody may take its group for done from here on.
  if (switched) writePending(target, forward);
  const back = { ...forward, source: target.volume, snapshot: pending.safety };
  return carryOut({ ...resuming, pending: back }, pace, () => {
    // On disk, so that this can be interrupted too; and only now, for what cannot go back may still go forward.
    begin();
    writePending(target, back);
  });
}

/** `begin` is the last thing before the first byte is written. */
async function carryOut(
  { root, tree, target, pending }: Resuming,
  pace: Pace,
  begin: () => void = () => {},
): Promise<ResumeResult> {
  const { source, snapshot, safety, target: spec } = pending;
  const goal = await readGoal(root, { source, snapshot, target: spec });
  const baseline = await readBaseline(target, whereabouts(tree, spec));
  const prepared = await Switch.look(tree, goal, baseline, pace);
  await prepared.check(pace);
  begin();
  const result = await prepared.carryOut(pace);
  // What was turned back is no restore that could be undone; nor is one after which something else was kept.
  const isUndoable = !isBack(pending) && target.newest()?.id === safety;
  new Catalog(root).setWayBack(target.volume, isUndoable ? safety : undefined);
  return { ...result, direction: isBack(pending) ? 'back' : 'forward' };
}

/** The end of a switch that is done. */
function conclude(
  target: VolumeStore,
  pending: PendingRestore,
  direction: SwitchDirection,
): Pick<ResumeResult, 'waits'> {
  // Who had finished it before may have left word of that.
  if (direction === 'back') new Catalog(target.store).withdrawFinished(target.volume);
  if (pending.group === undefined || direction === 'back') {
    removePending(target);
    return {};
  }
  if (!pending.switched) writePending(target, { ...pending, switched: true });
  return releaseSwitched(target.store, pending.group) ? {} : { waits: true };
}

function isBack({ snapshot, safety }: PendingRestore): boolean {
  return snapshot === safety;
}

/** What the agent did that is lost was counted by it only. */
const nothingLeft: ResumeResult = {
  direction: 'forward',
  writtenFiles: 0,
  writtenBytes: 0,
  keptFiles: 0,
  keptBytes: 0,
  removedEntries: 0,
  changedMetadata: 0,
  losses: [],
};

/** FUSE and network file systems may give the same folder another inode at each mount. */
function refuseOther(tree: Tree, { root, target }: PendingRestore): void {
  const isTrusted = isTrustedFileSystem(tree.fileSystem().type);
  if (isTrusted && root !== rootIdentity(tree)) throw new Failure('volumeRecreated', { volume: target.name });
}
