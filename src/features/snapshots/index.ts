import type * as vscode from 'vscode';
import type { CommandRegistry } from '../../ui/commands';
import type { Operations } from '../../ui/operation';
import type { Targets } from '../volumes/targets';
import { deleteSnapshot } from './deleteSnapshot';
import { PreviewDocuments, previewRestore } from './previewRestore';
import { restore } from './restore';
import { restoreToNewVolume } from './restoreToNewVolume';
import { snapshot } from './snapshot';
import { restoreStack, snapshotStack } from './stack';
import { snapshotWithNote } from './snapshotWithNote';

export function registerSnapshots(
  context: vscode.ExtensionContext,
  commands: CommandRegistry,
  targets: Targets,
  operations: Operations,
): void {
  const previews = new PreviewDocuments();
  context.subscriptions.push(previews);
  commands.register('snapshot', (node, selected) => snapshot(node, selected, targets, operations));
  commands.register('snapshotWithNote', (node) => snapshotWithNote(node, targets, operations));
  commands.register('snapshotStack', (node) => snapshotStack(node, targets, operations));
  commands.register('restoreStack', (node) => restoreStack(node, targets, operations));
  commands.register('restore', (node) => restore(node, targets, operations));
  commands.register('previewRestore', (node) =>
    previewRestore(node, targets, operations, previews, (chosen) => restore(chosen, targets, operations)),
  );
  commands.register('restoreToNewVolume', (node) => restoreToNewVolume(node, targets, operations));
  commands.register('deleteSnapshot', (node, selected) => deleteSnapshot(node, selected, targets, operations));
}
