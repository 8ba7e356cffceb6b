import type * as vscode from 'vscode';
import type { CommandRegistry } from '../../ui/commands';
import type { Operations } from '../../ui/operation';
import type { Targets } from '../volumes/targets';
import type { EngineConnection } from '../connection/engineConnection';
import { changeNote } from './changeNote';
import { deleteSnapshot } from './deleteSnapshot';
import { PreviewDocuments, previewRestore } from './previewRestore';
import { previewProject, restoreProject } from './project';
import { restore } from './restore';
import { restoreToNewVolume } from './restoreToNewVolume';
import { Retention } from './retention';
import { snapshot, snapshotProject } from './snapshot';
import { snapshotWithNote } from './snapshotWithNote';
import { undoRestore } from './undoRestore';

export function registerSnapshots(
  context: vscode.ExtensionContext,
  commands: CommandRegistry,
  targets: Targets,
  connection: EngineConnection,
  operations: Operations,
  log: vscode.LogOutputChannel,
): PreviewDocuments {
  const previews = new PreviewDocuments();
  context.subscriptions.push(previews, new Retention(connection, operations, log));
  commands.register('snapshot', (node, selected) => snapshot(node, selected, targets, operations));
  commands.register('snapshotWithNote', (node) => snapshotWithNote(node, targets, operations));
  commands.register('snapshotProject', (node, selected) => snapshotProject(node, selected, targets, operations));
  commands.register('restoreProject', (node) => restoreProject(node, targets, operations, connection));
  const restoreOne = (node: unknown) => restore(node, targets, operations, connection);
  commands.register('restore', (node) => restoreOne(node));
  commands.register('undoRestore', (node) => undoRestore(node, targets, operations));
  commands.register('previewRestore', (node) => previewRestore(node, targets, operations, previews, restoreOne));
  commands.register('previewProject', (node) => previewProject(node, targets, operations, previews, connection));
  commands.register('restorePreviewed', (uri) => previews.restore(uri));
  commands.register('restoreToNewVolume', (node) => restoreToNewVolume(node, targets, operations));
  commands.register('changeNote', (node) => changeNote(node, targets, operations));
  commands.register('deleteSnapshot', (node, selected) => deleteSnapshot(node, selected, targets, operations));
  return previews;
}
