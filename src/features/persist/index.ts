import type * as vscode from 'vscode';
import type { CommandRegistry } from '../../ui/commands';
import { ComposeDiffs } from './compose';
import type { Persisting } from './containers';
import { persist } from './persist';
import { removeReplaced } from './removeReplaced';
import { undoPersist } from './undoPersist';

/** Data that lives in a container gets a volume. */
export function registerPersist(
  context: vscode.ExtensionContext,
  commands: CommandRegistry,
  persisting: Persisting,
): void {
  const diffs = new ComposeDiffs();
  context.subscriptions.push(diffs);
  commands.register('persist', (node) => persist(node, persisting, diffs));
  commands.register('undoPersist', (node) => undoPersist(node, persisting));
  commands.register('removeReplaced', (node) => removeReplaced(node, persisting));
}
