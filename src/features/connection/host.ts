import * as os from 'node:os';
import * as vscode from 'vscode';
import type { Owner } from '../../core/engine';
import type { Host } from '../../core/operations';
import { unlessCancelled } from '../../ui/cancellation';
import type { HostLease } from '../../ui/operation';
import { confirmLongFreeze } from '../../ui/confirmLongFreeze';
import { settings } from '../../ui/settings';
import type { EngineConnection } from './engineConnection';
import type { LiveEngine } from './liveEngine';
import { tell } from './recovery';

/** Who we are, for others that find our locks. */
export const thisOwner: Owner = {
  host: os.hostname(),
  pid: process.pid,
  ...(vscode.workspace.name !== undefined && { window: vscode.workspace.name }),
};

/** What operations on an engine work with; the settings are those of this moment. */
export function hostOf(engine: LiveEngine, log: vscode.LogOutputChannel): Host {
  return {
    engine,
    owner: thisOwner,
    startWatchdog: () => engine.startWatchdog(),
    tellRecovered: (report) => tell(report, log),
    confirmLongFreeze,
    settings: settings.operations(),
  };
}

/** A host for one operation, under which the engine is not disposed. Connects when there is no connection. */
export async function lendHost(
  connection: EngineConnection,
  log: vscode.LogOutputChannel,
  signal: AbortSignal,
): Promise<HostLease> {
  const engine = await unlessCancelled(connection.engine(), signal);
  const hold = connection.hold(engine);
  return { host: hostOf(engine, log), [Symbol.dispose]: () => hold[Symbol.dispose]() };
}
