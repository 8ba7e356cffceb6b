import * as os from 'node:os';
import type { Owner } from '../../core/engine';
import type { Host } from '../../core/operations';
import { unlessCancelled } from '../../ui/cancellation';
import type { HostLease } from '../../ui/operation';
import { settings } from '../../ui/settings';
import type { EngineConnection } from './engineConnection';
import type { LiveEngine } from './liveEngine';

/** Who we are, for others that find our locks. */
export const thisOwner: Owner = { host: os.hostname(), pid: process.pid };

/** What operations on an engine work with; the settings are those of this moment. */
export function hostOf(engine: LiveEngine): Host {
  return {
    engine,
    owner: thisOwner,
    startWatchdog: () => engine.startWatchdog(),
    settings: settings.operations(),
  };
}

/** A host for one operation, under which the engine is not disposed. Connects when there is no connection. */
export async function lendHost(connection: EngineConnection, signal: AbortSignal): Promise<HostLease> {
  const engine = await unlessCancelled(connection.engine(), signal);
  const hold = connection.hold(engine);
  return { host: hostOf(engine), [Symbol.dispose]: () => hold[Symbol.dispose]() };
}
