import * as fs from 'node:fs';
import type { Entry } from '../../core/entry';
import { Failure } from '../../core/failure';
import type { Plan } from '../../core/plan';
import { checkedObject } from '../../core/storeLayout';
import type { ContentCopier } from '../content';
import { close, flag, openPath } from '../libc';
import type { Observed } from '../observe';
import type { Pace } from '../pace';
import { ensureRoom, freeBytes } from '../space';
import type { VolumeStore } from '../store/volumeStore';
import type { Tree } from '../tree';

/**
 * All content that will be written is there, before anything is removed for it. It stays there: `pending.json` has been
 * written, and a snapshot that is not there is being deleted by somebody who asked who needs it before that.
 */
export async function ensureObjects(source: VolumeStore, files: readonly Entry[], snapshot: string, pace: Pace) {
  if (!source.has(snapshot)) throw new Failure('snapshotNotFound', { volume: source.volume, snapshot });
  for (const { object, size, path } of files) {
    if (pace.due()) await pace.turn();
    const found = object && fs.lstatSync(source.objectPath(checkedObject(object)), { throwIfNoEntry: false });
    if (found && found.isFile() && found.size === size) continue;
    const reason = found ? `has ${found.size} bytes, not ${size}` : 'is missing';
    throw new Failure('snapshotDamaged', { snapshot, path, reason: `object ${object ?? ''} ${reason}` });
  }
}

/** Removals come first, so the space they free is there for what is written. */
export async function ensureVolumeSpace(
  tree: Tree,
  source: VolumeStore,
  { files, remove }: Plan,
  { copier, pace }: { copier: ContentCopier; pace: Pace },
): Promise<void> {
  let bytes = 0;
  for (const entry of files) {
    bytes += fs.lstatSync(source.objectPath(entry.object!)).blocks * 512;
    if (pace.due()) await pace.turn();
  }
  const sizes = (remove as Observed[]).map(({ nlink, size, allocatedBytes }) =>
    nlink > 1 ? 0 : (allocatedBytes ?? size),
  );
  const freed = sizes.reduce((sum, bytes) => sum + bytes, 0);
  const free = freeBytes(tree.root) + freed;
  const sample = files.find(({ size }) => size > 0);
  if (!sample || canShare(source.objectPath(sample.object!), tree, copier)) return;
  ensureRoom('volumeFull', bytes, free);
}

function canShare(object: string, tree: Tree, copier: ContentCopier): boolean {
  const from = openPath(object, flag.readOnly);
  try {
    return copier.canShare(from, tree.rootHandle);
  } finally {
    close(from);
  }
}
