import * as vscode from 'vscode';
import type { TimingRecord } from '../../core/timings/record';
import { parsePageMessage, type RecordsMessage } from '../../core/timings/pageMessages';
import { timingsHtml } from './timingsHtml';
import { pageWords } from './pageWords';

export const timingsViewType = 'dockerVolumes.timings';

/** The "Show Timings" page: at most one panel, restored after a reload. */
export class TimingsPage implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly readRecords: () => Promise<TimingRecord[]>,
  ) {}

  show(): void {
    if (this.panel) return this.panel.reveal();
    const column = vscode.window.activeTextEditor?.viewColumn ?? vscode.ViewColumn.One;
    this.adopt(vscode.window.createWebviewPanel(timingsViewType, vscode.l10n.t('Docker Volumes: Timings'), column));
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.adopt(panel);
    return Promise.resolve();
  }

  /** Sends the records as they are now, if the page is open. */
  async refresh(): Promise<void> {
    const { panel } = this;
    if (!panel) return;
    const records = (await this.readRecords()).sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
    const message: RecordsMessage = { type: 'records', records, words: pageWords };
    if (this.panel === panel) await panel.webview.postMessage(message);
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel?.dispose();
    this.panel = panel;
    panel.webview.options = { enableScripts: true, localResourceRoots: resourceRoots(this.extensionUri) };
    panel.webview.onDidReceiveMessage((message: unknown) => {
      if (parsePageMessage(message)) void this.refresh();
    });
    panel.onDidDispose(() => {
      if (this.panel === panel) this.panel = undefined;
    });
    panel.webview.html = timingsHtml(panel.webview, this.extensionUri);
  }
}

function resourceRoots(extensionUri: vscode.Uri): vscode.Uri[] {
  return [vscode.Uri.joinPath(extensionUri, 'dist', 'webview'), vscode.Uri.joinPath(extensionUri, 'media')];
}
