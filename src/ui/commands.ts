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
    const guarded = (node?: unknown, selected?: unknown) => this.guard(() => command(node, selected));
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
