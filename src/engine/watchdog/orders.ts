import type { FreezeJournal, Owner } from '../../core/engine';
import type { Endpoint } from '../connection/endpoint';
import type { AgentFiles } from '../agentImage';

/** What the extension tells its watchdog, one JSON line each, over stdin only: endpoints may hold keys. */
export type WatchdogOrder = { arm: ArmOrder } | { disarm: true };

export interface ArmOrder {
  endpoint: Endpoint;
  namespace: string;
  agent: Omit<AgentFiles, 'onPull'>;
  owner: Owner;
  journal: FreezeJournal;
  /** After this many milliseconds paused containers run again, owner or not; null: only when the owner has died. */
  deadlineMs: number | null;
  /** Folder for the report of what was undone; null: nobody wants it. */
  reports: string | null;
}

/** What the watchdog writes to stdout once it listens. */
export const readyLine = 'ready\n';
