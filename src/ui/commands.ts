import * as vscode from 'vscode';
import { presentError } from './presentError';

/** Registers commands so that whatever one throws is put into words. Menus pass a node and the selected nodes. */
export class CommandRegistry {
  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** `name` without the prefix `dockerVolumes.`. */
  register(name: string, command: (node?: unknown, selected?: unknown) => unknown): void {
    const onNode = command.length > 0;
    const guarded = (...nodes: unknown[]) =>
      this.guard(() => (onNode && isLost(nodes) ? sayLost() : command(...nodes)));
    this.context.subscriptions.push(vscode.commands.registerCommand(`dockerVolumes.${name}`, guarded));
  }

  async guard(work: () => unknown): Promise<void> {
    try {
      await work();
    } catch (error) {
      presentError(error, this.log);
    }
  }
}

/**
 * VS Code forgets its nodes while a view is refreshed, and a menu that was open then starts its command with `undefined`,
 * where the palette passes nothing. What the person pointed at must not become a question about all volumes.
 */
function isLost(nodes: unknown[]): boolean {
  return nodes.length > 0 && nodes[0] === undefined;
}

function sayLost(): void {
  void vscode.window.showInformationMessage(
    vscode.l10n.t('The list has just changed. Please choose the command again.'),
  );
}
