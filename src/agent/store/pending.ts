import * as fs from 'node:fs';
import type { PendingRestore } from '../../core/agentProtocol';
import { Failure } from '../../core/failure';
import { storeLayout } from '../../core/storeLayout';
import { Catalog } from './catalog';
import { forgetDecision } from './groupDecision';
import { flushFolder, namesIn, removeIfThere, writeDurably } from './durable';
import { VolumeStore } from './volumeStore';

/** `pending.json`: from before a switch writes its first byte until after its last one is on disk. */
export function readPending({ at }: VolumeStore): PendingRestore | undefined {
  if (!fs.existsSync(at.pending)) return undefined;
  return JSON.parse(fs.readFileSync(at.pending, 'utf8')) as PendingRestore;
}

export function writePending(store: VolumeStore, pending: PendingRestore): void {
  store.makeFolders();
  new Catalog(store.store).announceSwitch(store.volume);
  writeDurably(store.at.pending, JSON.stringify(pending));
  flushFolder(store.at.folder);
}

export function removePending(store: VolumeStore): void {
  const group = readPending(store)?.group;
  removeIfThere(store.at.pending);
  if (fs.existsSync(store.at.folder)) flushFolder(store.at.folder);
  if (group !== undefined && !isPendingAnywhere(store.store, group)) forgetDecision(store.store, group);
  new Catalog(store.store).withdrawSwitch(store.volume);
  removeIfUnused(store);
}

/** A volume without snapshots leaves no trace; what is in its folder then names nothing that is still there. */
export function removeIfUnused(store: VolumeStore): void {
  if (store.snapshotIds().length > 0 || store.uncommittedIds().length > 0 || readPending(store)) return;
  fs.rmSync(store.at.folder, { recursive: true, force: true });
}

/** A half-switched volume is neither to be remembered nor to be switched again, before it is made whole. */
export function refusePending(store: VolumeStore): void {
  const pending = readPending(store);
  if (pending) throw new Failure('restorePending', { volume: store.volume, snapshot: pending.snapshot });
}

/** A snapshot that an unfinished switch of any volume needs cannot be deleted. */
export function refuseNeeded(store: string, volume: string, snapshot: string): void {
  for (const { target, source, ...pending } of allPending(store)) {
    const forward = source === volume && pending.snapshot === snapshot;
    const back = target.name === volume && pending.safety === snapshot;
    if (forward || back) throw new Failure('restorePending', { volume: target.name, snapshot });
  }
}

function isPendingAnywhere(store: string, group: string): boolean {
  return [...allPending(store)].some((pending) => pending.group === group);
}

function* allPending(store: string): Generator<PendingRestore> {
  for (const name of namesIn(storeLayout(store).volumes)) {
    const pending = readPending(new VolumeStore(store, name));
    if (pending) yield pending;
  }
}
