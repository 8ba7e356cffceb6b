import * as vscode from 'vscode';
import type { TimingRecord } from './core/timings/record';
import { TimingStore } from './core/timings/timingStore';
import { registerBackups } from './features/backups';
import type { BackupsNode } from './features/backups/model';
import { registerConnection } from './features/connection';
import { connectWith } from './features/connection/connect';
import { EngineConnection } from './features/connection/engineConnection';
import { lendHost } from './features/connection/host';
import { OtherEngines } from './features/connection/otherEngines';
import { registerFolders } from './features/folders';
import { registerLifecycle } from './features/lifecycle';
import { registerPersist } from './features/persist';
import { registerSnapshots } from './features/snapshots';
import { registerStandby } from './features/standby';
import { registerSync } from './features/sync';
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
  /** What is below a row of the view of backups, or its first rows. */
  backups(node?: BackupsNode): Promise<BackupsNode[]>;
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
  const operations = new Operations((signal) => lendHost(connection, log, signal), timings, log);
  context.subscriptions.push(log, operations, sayUnusableSettings(log));
  commands.register('showLog', () => log.show());

  registerConnection(context, commands, connection, operations, log);
  const targets = registerVolumes(context, commands, connection, operations, log);
  const previews = registerSnapshots(context, commands, targets, connection, operations, log);
  const others = new OtherEngines(context, log, (record) => operations.keep(record));
  const syncs = { targets, operations, connection, previews, others };
  registerSync(commands, syncs);
  registerFolders(commands, syncs);
  const lendHere = (signal: AbortSignal) => lendHost(connection, log, signal);
  registerStandby(context, commands, log, { targets, operations, connection, others, lendHere });
  registerLifecycle(commands, targets, connection, operations);
  registerPersist(context, commands, { targets, connection, operations });
  const backups = registerBackups(context, commands, targets, connection, operations, log);
  registerTimings(context, commands, targets, operations, timings);
  return {
    nodes: () => targets.nodes(),
    backups: (node) => backups.getChildren(node),
    timings: () => timings.readAll(),
  };
}
