import type { Entry } from '../../core/entry';
import { Failure } from '../../core/failure';

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

function isSame(now: Entry, then: Entry, exact: boolean): boolean {
  if (now === then) return true;
  const alike = now.type === then.type && now.size === then.size && now.mtime === then.mtime;
  return alike && (!exact || (now.ino === then.ino && now.ctime === then.ctime));
}
