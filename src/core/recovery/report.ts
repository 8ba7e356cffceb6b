import type { NotUp } from '../operations/comingUp';

/** What recovery had to do; empty lists when all was well. Names for people. */
export interface RecoveryReport {
  /** Containers that run again. */
  restarted: string[];
  /** Volumes whose restore was finished, be it by the agent itself when its host had died. */
  finished: string[];
  /** Volumes whose restore was taken back: they are what they were before it. */
  undone: string[];
  /** Volumes with an interrupted snapshot that was dropped. */
  dropped: string[];
  /** Containers that the engine refused to start. */
  notUp: NotUp[];
  /** What could not be put right; it is tried again at the next connection. */
  failures: unknown[];
}

export function nothingRecovered(): RecoveryReport {
  return { restarted: [], finished: [], undone: [], dropped: [], notUp: [], failures: [] };
}

export function isWorthTelling({ restarted, finished, undone, dropped, notUp, failures }: RecoveryReport): boolean {
  return restarted.length + finished.length + undone.length + dropped.length + notUp.length + failures.length > 0;
}
