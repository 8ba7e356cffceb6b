import * as vscode from 'vscode';
import type { Targets } from './targets';

/** Enter in the view: what it does in every list, and on a snapshot offers to restore it, in place or to a new volume. */
export async function openItem(targets: Targets): Promise<void> {
  await vscode.commands.executeCommand('list.select');
  const [node] = targets.selection();
  if (node?.kind !== 'snapshot') return;
  await vscode.commands.executeCommand(
    node.volume ? 'dockerVolumes.restore' : 'dockerVolumes.restoreToNewVolume',
    node,
  );
}
