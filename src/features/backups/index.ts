import type * as vscode from 'vscode';
import type { CommandRegistry } from '../../ui/commands';
import type { Operations } from '../../ui/operation';
import type { Targets } from '../volumes/targets';
import type { EngineConnection } from '../connection/engineConnection';
import { exportVolume } from './exportVolume';
import { importBackup } from './importBackup';

export function registerBackups(
  context: vscode.ExtensionContext,
  commands: CommandRegistry,
  targets: Targets,
  connection: EngineConnection,
  operations: Operations,
): void {
  const { version } = context.extension.packageJSON as { version: string };
  const tool = `volumes-for-docker ${version}`;
  commands.register('exportVolume', (node) => exportVolume(node, targets, operations, tool));
  // Also in the menu of the view's title, which may pass `undefined`: that is not a row that is gone.
  commands.register('importBackup', (...[node]) => importBackup(node, targets, operations, connection));
}
