import type { AgentMethods, PendingRestore, SwitchResult } from '../../core/agentProtocol';
import { Failure } from '../../core/failure';
import { isTrustedFileSystem } from '../../core/unchanged';
import type { Pace } from '../pace';
import { readBaseline } from '../store/baseline';
import { Catalog } from '../store/catalog';
import { readPending, removePending, settledPending, writePending } from '../store/pending';
import { VolumeStore } from '../store/volumeStore';
import type { Tree } from '../tree';
import { rootIdentity, whereabouts } from '../whereabouts';
import { readGoal, recordsFor } from './goal';
import { Switch } from './switch';

/**
 * Finishes what a switch left half done; null when none is pending, or when it was never to happen. Nothing here can be
 * cancelled; when it fails, the switch is still pending. One that is done is known by the way back it has left.
 */
export async function resumeSwitch(
  root: string,
  tree: Tree,
  { target: spec, direction: asked, safety: own }: AgentMethods['restore.resume']['params'],
  pace: Pace,
): Promise<SwitchResult | null> {
  const target = new VolumeStore(root, spec.name);
  const pending = readPending(target);
  if (!pending) return own !== undefined && new Catalog(root).wayBack(spec.name) === own ? nothingLeft : null;
  refuseOther(tree, pending);
  const direction = asked === 'decided' ? settledPending(target)?.direction : asked;
  if (!direction) return null;
  pace.phase('scan');
  await pace.beginCritical();
  const { source, snapshot, safety } = direction === 'back' ? turnBack(target, pending) : pending;
  const goal = await readGoal(root, { source, snapshot, target: spec });
  const baseline = await readBaseline(target, whereabouts(tree, spec));
  const prepared = await Switch.look(tree, goal, recordsFor(goal, baseline), pace);
  await prepared.check(pace);
  const result = await prepared.carryOut(pace);
  // What was turned back is no restore that could be undone; nor is one after which something else was kept.
  const isUndoable = snapshot !== safety && target.newest()?.id === safety;
  new Catalog(root).setWayBack(target.volume, isUndoable ? safety : undefined);
  removePending(target);
  return result;
}

/** What the agent did that is lost was counted by it only. */
const nothingLeft: SwitchResult = {
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

/** On disk, so that this can be interrupted too. */
function turnBack(target: VolumeStore, pending: PendingRestore): PendingRestore {
  if (!pending.safety) throw new Failure('restoreIncomplete', { volume: target.volume });
  const back = { ...pending, source: target.volume, snapshot: pending.safety };
  writePending(target, back);
  return back;
}
