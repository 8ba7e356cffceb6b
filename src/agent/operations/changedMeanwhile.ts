import type { Entry } from '../../core/entry';
import { Failure } from '../../core/failure';
import type { Looked } from '../../core/unchanged';
import { stat } from '../libc';
import type { Pace } from '../pace';
import { looked } from '../scan';
import { eachOf } from '../walker/batch';
import type { Walk } from '../walker/walker';

/**
 * Nothing may be destroyed that the safety snapshot lacks: what is there now has to be what was recorded then. Sockets
 * are in no snapshot. `exact`: inodes and ctimes tell something on this file system.
 */
export function refuseChanges(
  volume: string,
  { current, recorded, exact }: { current: readonly Entry[]; recorded: ReadonlyMap<string, Entry>; exact: boolean },
): void {
  const present = new Set<string>();
  for (const now of current) {
    if (now.type === 'socket') continue;
    present.add(now.path);
    const then = recorded.get(now.path);
    if (!then || !isSame(now, then, exact)) throw new Failure('volumeChangedMeanwhile', { volume, path: now.path });
  }
  for (const { path, type } of recorded.values()) {
    if (type !== 'directory' && !present.has(path)) throw new Failure('volumeChangedMeanwhile', { volume, path });
  }
}

/**
 * Whether a walk meets exactly what was seen before it, in its order: the same question as `refuseChanges`, answered
 * without making records of what is there. False is no refusal yet.
 */
export async function isUnchanged(
  walk: Walk,
  { seen, exact }: { seen: readonly Entry[]; exact: boolean },
  pace: Pace,
): Promise<boolean> {
  using walking = walk;
  let next = 0;
  let device: number | undefined;
  let same = true;
  for await (const batch of walking.batches(pace)) {
    const before = next;
    eachOf(batch, (path) => {
      device ??= stat.device();
      if (stat.device() !== device || looked.type === 'socket') return true;
      const then = seen[next++];
      same = then?.path === path && isSame(looked, then, exact);
      return same;
    });
    if (!same) return false;
    pace.count(next - before, 0);
    if (pace.dueNow()) await pace.turn();
  }
  return next === seen.length;
}

function isSame(now: Looked, then: Entry, exact: boolean): boolean {
  const alike = now.type === then.type && now.size === then.size && now.mtime === then.mtime;
  return alike && (!exact || (now.ino === then.ino && now.ctime === then.ctime));
}
