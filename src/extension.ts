import * as vscode from 'vscode';
import type { TimingRecord } from './core/timings/record';
import { TimingStore } from './core/timings/timingStore';
import { registerBackups } from './features/backups';
import { registerConnection } from './features/connection';
import { connectWith } from './features/connection/connect';
import { EngineConnection } from './features/connection/engineConnection';
import { lendHost } from './features/connection/host';
import { registerSnapshots } from './features/snapshots';
import { registerTimings } from './features/timings';
import { registerVolumes } from './features/volumes';
import type { Node } from './features/volumes/model';
import { CommandRegistry } from './ui/commands';
import { Operations } from './ui/operation';
import { sayUnusableSettings, settings } from './ui/settings';

/** For tests in the extension host: what is shown, as data. */
export interface Api {
  /** Connects, reads the lists, and returns all nodes of the tree. */
  nodes(): Promise<Node[]>;
  /** Oldest first. */
  timings(): Promise<TimingRecord[]>;
}

export function activate(context: vscode.ExtensionContext): Api {
  const log = vscode.window.createOutputChannel('Volumes for Docker', { log: true });
  const timings = new TimingStore(
    vscode.Uri.joinPath(context.globalStorageUri, 'timings').fsPath,
    settings.timingsLimit,
  );
  const commands = new CommandRegistry(context, log);
  const connection = new EngineConnection(connectWith(context, log));
  const operations = new Operations(
    (signal) => lendHost(connection, log, signal),
    (record) => timings.append(record),
    log,
  );
  context.subscriptions.push(log, operations, sayUnusableSettings(log));
  commands.register('showLog', () => log.show());

  registerConnection(context, commands, connection, operations, log);
  const targets = registerVolumes(context, commands, connection, operations, log);
  registerSnapshots(context, commands, targets, connection, operations, log);
  registerBackups(context, commands, targets, connection, operations);
  registerTimings(context, commands, operations, () => timings.readAll());
  return { nodes: () => targets.nodes(), timings: () => timings.readAll() };
}
