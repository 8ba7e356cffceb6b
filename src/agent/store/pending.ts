import * as fs from 'node:fs';
import type { PendingRestore, SwitchDirection } from '../../core/agentProtocol';
import { Failure } from '../../core/failure';
import { storeLayout } from '../../core/storeLayout';
import { Catalog } from './catalog';
import { forgetDecisions, settle } from './groupDecision';
import { flushFolder, namesIn, removeIfThere, writeDurably } from './durable';
import { VolumeStore } from './volumeStore';

/** `pending.json`: from before a switch writes its first byte until after its last one is on disk. */
export function readPending({ at }: VolumeStore): PendingRestore | undefined {
  try {
    return JSON.parse(fs.readFileSync(at.pending, 'utf8')) as PendingRestore;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export function writePending(store: VolumeStore, pending: PendingRestore): void {
  store.makeFolders();
  new Catalog(store.store).announceSwitch(store.volume);
  writeDurably(store.at.pending, JSON.stringify(pending));
  flushFolder(store.at.folder);
}

export function removePending(store: VolumeStore): void {
  removeIfThere(store.at.pending);
  if (fs.existsSync(store.at.folder)) flushFolder(store.at.folder);
  forgetUnneededDecisions(store.store);
  new Catalog(store.store).withdrawSwitch(store.volume);
  removeIfUnused(store);
}

/** Removes one that was never decided: it has touched nothing, and never will. Undefined when none is to be carried out. */
export function settledPending(
  store: VolumeStore,
): { pending: PendingRestore; direction: SwitchDirection } | undefined {
  const pending = readPending(store);
  if (!pending) return undefined;
  const direction = settle(store.store, pending);
  if (direction !== 'never') return { pending, direction };
  removePending(store);
  return undefined;
}

/**
 * Of a switch that is done, and those of its group: once all are, and none went back meanwhile, there is no way back any
 * more. Says whether that is so.
 */
export function releaseSwitched(root: string, group: string): boolean {
  const together = [...allPending(root)].filter((pending) => pending.group === group);
  if (together.length === 0) return true; // somebody else's doing
  const isDone = together.every(({ switched }) => switched) && settle(root, { group }) === 'forward';
  if (isDone) for (const { target } of together) removePending(new VolumeStore(root, target.name));
  return isDone;
}

/** Who removes the last pending switch of a group may be killed before it has removed the decision. */
export function forgetUnneededDecisions(store: string): void {
  forgetDecisions(store, (group) => [...allPending(store)].some((pending) => pending.group === group));
}

/** A volume without snapshots leaves no trace; what is in its folder then names nothing that is still there. */
export function removeIfUnused(store: VolumeStore): void {
  if (store.snapshotIds().length > 0 || store.uncommittedIds().length > 0 || readPending(store)) return;
  if (fs.existsSync(store.at.arrived)) return;
  fs.rmSync(store.at.folder, { recursive: true, force: true });
}

/** A half-switched volume is neither to be remembered nor to be switched again, before it is made whole. */
export function refusePending(store: VolumeStore): void {
  const pending = readPending(store);
  if (pending) throw new Failure('restorePending', { volume: store.volume, snapshot: pending.snapshot });
}

/** A snapshot that an unfinished switch of any volume needs cannot be deleted. */
export function refuseNeeded(store: string, volume: string, snapshot: string): void {
  const pending = neededBy(store, volume, snapshot);
  if (pending) throw new Failure('restorePending', { volume: pending.target.name, snapshot });
}

/** The unfinished switch that needs a snapshot, to go on or back. */
export function neededBy(store: string, volume: string, snapshot: string): PendingRestore | undefined {
  return [...allPending(store)].find(({ target, source, ...pending }) => {
    const forward = source === volume && pending.snapshot === snapshot;
    const back = target.name === volume && pending.safety === snapshot;
    return forward || back;
  });
}

function* allPending(store: string): Generator<PendingRestore> {
  for (const name of namesIn(storeLayout(store).volumes)) {
    const pending = readPending(new VolumeStore(store, name));
    if (pending) yield pending;
  }
}
