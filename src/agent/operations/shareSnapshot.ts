import * as fs from 'node:fs';
import { dirname } from 'node:path/posix';
import type { AgentMethods } from '../../core/agentProtocol';
import type { Entry } from '../../core/entry';
import { Failure } from '../../core/failure';
import { objectsOf } from '../../core/objectSet';
import { only } from '../../core/only';
import type { SnapshotEntry, SnapshotRequest } from '../../core/snapshotEntry';
import { ContentCopier } from '../content';
import { hasCode } from '../libc';
import type { Pace } from '../pace';
import { removeIfThere } from '../store/durable';
import { linkOrCopy } from '../store/linkOrCopy';
import { VolumeStore } from '../store/volumeStore';
import { ownedBy } from './ownedBy';
import { storeTree } from './storeTree';

type Share = AgentMethods['snapshot.share']['params'];

/**
 * Makes a snapshot one of another volume, too: the same entries, and the same objects under second names (hard links), for
 * an object is never changed. Its id is unique over all volumes, and stays: so the next copy knows what the target has
 * already. Either of the two snapshots can be deleted without the other.
 */
export async function shareSnapshot(
  root: string,
  { source: from, snapshot, volume, owner }: Share,
  pace: Pace,
): Promise<SnapshotEntry> {
  const source = new VolumeStore(root, from);
  const then = source.has(snapshot) ? source.readEntry(snapshot) : undefined;
  if (!then) throw new Failure('snapshotNotFound', { volume: from, snapshot });
  const linked: string[] = [];
  const read = async ({ store }: { store: VolumeStore }): Promise<readonly Entry[]> => {
    const { entries } = await source.readManifest(snapshot);
    await linkObjects(source, store, { snapshot, entries, linked }, pace);
    return ownedBy(entries, owner);
  };
  const { time, losses } = then;
  const dropped = () => linked.forEach(removeIfThere);
  const tree = { time, losses, totals: {}, request: requestOf(then), refuseTooLarge: () => {}, dropped, read };
  return storeTree(root, volume, tree, pace);
}

function requestOf(then: SnapshotEntry): SnapshotRequest {
  const ofThen = only(then, ['consistency', 'asked', 'users', 'databases', 'git']);
  const copyOf = { volume: then.volume.name, snapshot: then.id };
  return { kind: 'safety', purpose: 'source', note: '', frozenMs: 0, ...ofThen, copyOf };
}

interface Linking {
  snapshot: string;
  entries: readonly Entry[];
  /** Gets the paths of those that are made. */
  linked: string[];
}

async function linkObjects(
  source: VolumeStore,
  target: VolumeStore,
  { snapshot, entries, linked }: Linking,
  pace: Pace,
): Promise<void> {
  const present = new Set(target.objects());
  const missing = [...objectsOf(entries)].filter((id) => !present.has(id));
  pace.phase('copy', { totalFiles: missing.length });
  const copier = new ContentCopier();
  let folder = '';
  for (const id of missing) {
    const to = target.objectPath(id);
    if (dirname(to) !== folder) fs.mkdirSync((folder = dirname(to)), { recursive: true, mode: 0o700 });
    try {
      linked.push(to);
      await linkOrCopy(source.objectPath(id), to, copier, pace);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
      // Deleted this instant, for the source is not locked.
      if (!source.has(snapshot)) throw new Failure('snapshotNotFound', { volume: source.volume, snapshot });
      throw new Failure('snapshotDamaged', { snapshot, reason: `the object ${id} is missing` });
    }
    pace.count(1, 0);
    if (pace.due()) await pace.turn();
  }
}
