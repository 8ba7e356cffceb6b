import * as vscode from 'vscode';
import type { TimingRecord } from '../../core/timings/record';
import type { CommandRegistry } from '../../ui/commands';
import type { Operations } from '../../ui/operation';
import { TimingsPage, timingsViewType } from './timingsPage';

export function registerTimings(
  context: vscode.ExtensionContext,
  commands: CommandRegistry,
  operations: Operations,
  readRecords: () => Promise<TimingRecord[]>,
): void {
  const page = new TimingsPage(context.extensionUri, readRecords);
  context.subscriptions.push(
    page,
    vscode.window.registerWebviewPanelSerializer(timingsViewType, page),
    operations.onDidEnd(() => void page.refresh()),
  );
  commands.register('showTimings', () => page.show());
}
