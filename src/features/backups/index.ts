import * as vscode from 'vscode';
import type { CommandRegistry } from '../../ui/commands';
import { ManagedContextKey } from '../../ui/managedContextKey';
import type { Operations } from '../../ui/operation';
import type { EngineConnection } from '../connection/engineConnection';
import type { Targets } from '../volumes/targets';
import { addDestination, editDestination, removeDestination, testDestination } from './addDestination';
import { backUp, type Backups } from './backUp';
import { deleteBackup } from './deleteBackup';
import { Destinations } from './destinations';
import { exportVolume } from './exportVolume';
import { importBackup, importFolder, restoreBackup } from './importBackup';
import { destinationFor } from './targets';
import { tidy } from './tidy';
import { BackupsTree } from './tree';
import { VerifiedBackups } from './verified';
import { tryBackup, verifyBackup } from './verifyBackup';

/** The view "Backups" and its commands, and those that write and read a file somewhere else. */
export function registerBackups(
  context: vscode.ExtensionContext,
  commands: CommandRegistry,
  targets: Targets,
  connection: EngineConnection,
  operations: Operations,
  log: vscode.LogOutputChannel,
): BackupsTree {
  const { version } = context.extension.packageJSON as { version: string };
  const tool = `volumes-for-docker ${version}`;
  const destinations = new Destinations(context.secrets);
  const verified = new VerifiedBackups(context.globalState);
  const tree = new BackupsTree(destinations, verified);
  const view = vscode.window.createTreeView('dockerVolumes.backups', {
    treeDataProvider: tree,
    canSelectMany: true,
    showCollapseAll: true,
  });
  const hasDestinations = new ManagedContextKey<boolean>('dockerVolumes.hasDestinations');
  const settingsHaveChanged = (): void => {
    for (const problem of destinations.problems()) log.warn('setting', `dockerVolumes.destinations: ${problem}`);
    hasDestinations.set(destinations.list().length > 0);
    tree.refresh();
  };
  settingsHaveChanged();
  context.subscriptions.push(tree, view, destinations.onDidChange(settingsHaveChanged));

  const backups: Backups = { targets, operations, destinations, tree, tool, log };
  commands.register('exportVolume', (node) => exportVolume(node, backups));
  // Also in the menu of the view's title, which may pass `undefined`: that is not a row that is gone.
  commands.register('importBackup', (...[node]) => importBackup(node, backups, connection));
  // With a folder, where it was chosen already.
  commands.register('importFolder', (...[node, folder]) =>
    importFolder(node, backups, connection, typeof folder === 'string' ? folder : undefined),
  );
  commands.register('backUp', (node, selected) => backUp(node, selected, backups));
  commands.register('restoreBackup', (node) => restoreBackup(node, backups, connection));
  commands.register('verifyBackup', (node, selected) => verifyBackup(node, selected, backups, verified));
  commands.register('tryBackup', (node) => tryBackup(node, backups, verified));
  commands.register('deleteBackup', (node, selected) => deleteBackup(node, selected, backups));
  commands.register('refreshBackups', () => tree.refresh());
  commands.register('addDestination', () => addDestination(destinations, log));
  commands.register('editDestination', async (node) =>
    editDestination(await destinationFor(node, destinations), destinations, log),
  );
  commands.register('testDestination', async (node) =>
    testDestination(await destinationFor(node, destinations), destinations, log),
  );
  commands.register('tidyDestination', async (node) => tidy(await destinationFor(node, destinations), backups));
  commands.register('removeDestination', async (node) =>
    removeDestination(await destinationFor(node, destinations), destinations),
  );
  return tree;
}
