import type * as vscode from 'vscode';
import type { CommandRegistry } from '../../ui/commands';
import type { Operations } from '../../ui/operation';
import type { Targets } from '../volumes/targets';
import { exportVolume } from './exportVolume';

export function registerBackups(
  context: vscode.ExtensionContext,
  commands: CommandRegistry,
  targets: Targets,
  operations: Operations,
): void {
  const { version } = context.extension.packageJSON as { version: string };
  const tool = `volumes-for-docker ${version}`;
  commands.register('exportVolume', (node) => exportVolume(node, targets, operations, tool));
}
