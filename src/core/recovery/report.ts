import type { NotUp } from '../operations/comingUp';

/** What recovery had to do; empty lists when all was well. Names for people. */
export interface RecoveryReport {
  /** Containers that run again. */
  restarted: string[];
  /** Volumes whose restore was finished, be it by the agent itself when its host had died. */
  finished: string[];
  /** Volumes whose restore was taken back: they are what they were before it. */
  undone: string[];
  /** Volumes whose restore had not changed anything yet when it was interrupted, and never will. */
  notDone: string[];
  /** Volumes with an interrupted snapshot that was dropped. */
  dropped: string[];
  /** Containers whose replacement by another one was interrupted: that one runs in their place / they do themselves, as before. */
  replaced: string[];
  notReplaced: string[];
  /** Volumes of interrupted trial restores, which are removed. */
  trials: string[];
  /** Containers that the engine refused to start. */
  notUp: NotUp[];
  /** What could not be put right; it is tried again at the next connection. */
  failures: unknown[];
}

export function nothingRecovered(): RecoveryReport {
  return {
    restarted: [],
    finished: [],
    undone: [],
    notDone: [],
    dropped: [],
    replaced: [],
    notReplaced: [],
    trials: [],
    notUp: [],
    failures: [],
  };
}

export function isWorthTelling(report: RecoveryReport): boolean {
  return Object.values(report).some((list: unknown[]) => list.length > 0);
}
