import * as vscode from 'vscode';
import { nodeOf, volumeFor, type Targets } from './targets';

export async function copyName(argument: unknown, targets: Targets): Promise<void> {
  const node = (await nodeOf(argument, targets)) ?? (await volumeFor(undefined, targets));
  switch (node.kind) {
    case 'volume':
      return vscode.env.clipboard.writeText(node.volume.name);
    case 'removedVolume':
      return vscode.env.clipboard.writeText(node.name);
    case 'container':
      return vscode.env.clipboard.writeText(node.container.name);
    case 'snapshot':
      return vscode.env.clipboard.writeText(node.entry.id);
    case 'group':
      // "Removed volumes" has no name, and nothing is no reason to lose what was copied before.
      if (node.project !== undefined) return vscode.env.clipboard.writeText(node.project);
  }
}
