import type * as vscode from 'vscode';
import { KeptReports } from '../../core/recovery/keptReports';
import type { CommandRegistry } from '../../ui/commands';
import type { Operations } from '../../ui/operation';
import { onDidChangeSettings, openSetting } from '../../ui/settings';
import { reportsFolder } from './connect';
import type { EngineConnection } from './engineConnection';
import { recoverAndTell, tellKept } from './recovery';
import { createWelcomeKey, welcomeOf } from './welcome';

/** Connects, recovers at each connection, says in the view what is wrong, and connects anew when a setting changes. */
export function registerConnection(
  context: vscode.ExtensionContext,
  commands: CommandRegistry,
  connection: EngineConnection,
  operations: Operations,
  log: vscode.LogOutputChannel,
): void {
  const welcome = createWelcomeKey();
  welcome.set(welcomeOf(connection.state));
  context.subscriptions.push(
    connection,
    connection.onDidChange((state) => {
      welcome.set(welcomeOf(state));
      if (state.kind === 'failed') log.warn('not connected', String(state.error));
      if (state.kind === 'connected') void recoverAndTell(state.engine, log, (record) => operations.keep(record));
    }),
    tellKept(new KeptReports(reportsFolder(context)), log),
    onDidChangeSettings(['engine', 'agentImage'], () => void connection.reconnect()),
  );
  commands.register('reconnect', () => connection.reconnect());
  commands.register('openSetting', (setting) => openSetting(String(setting)));
  void connection.reconnect();
}
