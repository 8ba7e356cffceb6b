import type { Entry } from '../../core/entry';
import { Failure } from '../../core/failure';
import { Recorded } from '../../core/recorded';
import type { Looked } from '../../core/unchanged';
import type { Pace } from '../pace';
import { isPathOf, isSameInode, isSameLook } from '../recall';
import { eachMet, looked } from '../scan';
import type { Met } from '../walker/batch';
import type { Walk } from '../walker/walker';

/**
 * Nothing may be destroyed that the safety snapshot lacks: what is there now has to be what was recorded then. Sockets
 * are in no snapshot. `exact`: inodes and ctimes tell something on this file system.
 */
export function refuseChanges(
  volume: string,
  { current, recorded: entries, exact }: { current: readonly Entry[]; recorded: readonly Entry[]; exact: boolean },
): void {
  const recorded = new Map(entries.map((entry) => [entry.path, entry]));
  const present = new Set<string>();
  for (const now of current) {
    if (now.type === 'socket') continue;
    present.add(now.path);
    const then = recorded.get(now.path);
    if (!then || !isSame(now, then, exact)) throw new Failure('volumeChangedMeanwhile', { volume, path: now.path });
  }
  for (const { path, type } of recorded.values()) {
    const mayBeMissing = type === 'directory' || type === 'socket';
    if (!mayBeMissing && !present.has(path)) throw new Failure('volumeChangedMeanwhile', { volume, path });
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
  let next = 0;
  const isSeen = (met: Met) => {
    const then = seen[next++];
    return then !== undefined && isPathOf(then, met) && isStill(met, then, exact);
  };
  return (await eachMet(walk, pace, { visit: isSeen })) && next === seen.length;
}

function isStill(met: Met, then: Entry, exact: boolean): boolean {
  if (then instanceof Recorded) return isSameLook(met, then) && (!exact || isSameInode(met, then));
  met.load();
  return isSame(looked, then, exact);
}

function isSame(now: Looked, then: Entry, exact: boolean): boolean {
  const alike = now.type === then.type && now.size === then.size && now.mtime === then.mtime;
  return alike && (!exact || (now.ino === then.ino && now.ctime === then.ctime));
}
