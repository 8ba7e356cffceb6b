import * as vscode from 'vscode';
import type { Filter } from '../../core/timings/figures/filter';
import {
  parsePageMessage,
  type AnalysisMessage,
  type ExtensionMessage,
  type PageMessage,
  type SnapshotPoint,
} from '../../core/timings/pageMessages';
import type { TimingRecord } from '../../core/timings/record';
import { timingsHtml } from './timingsHtml';
import { pageWords } from './pageWords';

export const timingsViewType = 'dockerVolumes.timings';

/** What the page shows, and what it can ask for. */
export interface PageHost {
  records(): Promise<TimingRecord[]>;
  snapshots(): SnapshotPoint[];
  /** Of a message that is not about the page itself. */
  act(message: PageMessage): void;
}

/** The "Show Timings" page: at most one panel, restored after a reload. */
export class TimingsPage implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  /** What was asked for before the page was there. */
  private filter: Filter | undefined;
  private analysis: AnalysisMessage | undefined;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly host: PageHost,
  ) {}

  /** `filter`: what it is to show; without one, what it showed last. */
  show(filter?: Filter): void {
    this.filter = filter;
    if (this.panel) {
      this.panel.reveal();
      void this.sendFilter();
      return;
    }
    const column = vscode.window.activeTextEditor?.viewColumn ?? vscode.ViewColumn.One;
    this.adopt(vscode.window.createWebviewPanel(timingsViewType, vscode.l10n.t('Docker Volumes: Timings'), column));
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.adopt(panel);
    return Promise.resolve();
  }

  /** Shows what a volume is made of, until the page is closed. */
  showAnalysis(analysis: Omit<AnalysisMessage, 'isNew'>): void {
    this.analysis = { ...analysis, isNew: true };
    if (this.panel?.visible) void this.sendAnalysis();
    // Where somebody is on the page, they stay.
    if (!this.panel?.active) this.show();
  }

  /** Sends the records as they are now, if the page is open and seen; else it asks when it is seen. */
  async refresh(): Promise<void> {
    const { panel } = this;
    if (!panel?.visible) return;
    const records = (await this.host.records()).sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
    if (this.panel !== panel) return;
    await this.send({ type: 'records', records, snapshots: this.host.snapshots(), words: pageWords });
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private async answer(message: PageMessage): Promise<void> {
    if (message.type !== 'ready') return this.host.act(message);
    await this.refresh();
    await this.sendFilter();
    await this.sendAnalysis();
  }

  /** A page that comes back shows it again, and stays where it is. */
  private async sendAnalysis(): Promise<void> {
    const { analysis } = this;
    if (analysis && (await this.send(analysis)) && this.analysis === analysis) {
      this.analysis = { ...analysis, isNew: false };
    }
  }

  private async sendFilter(): Promise<void> {
    const { filter } = this;
    if (!filter) return;
    // A page that is not there yet takes nothing; it asks when it is.
    if (await this.send({ type: 'filter', filter })) this.filter = undefined;
  }

  private async send(message: ExtensionMessage): Promise<boolean> {
    return (await this.panel?.webview.postMessage(message)) ?? false;
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel?.dispose();
    this.panel = panel;
    panel.webview.options = { enableScripts: true, localResourceRoots: resourceRoots(this.extensionUri) };
    panel.webview.onDidReceiveMessage((said: unknown) => {
      const message = parsePageMessage(said);
      if (message) void this.answer(message);
    });
    // It gets no records while it is not seen.
    let wasVisible = panel.visible;
    panel.onDidChangeViewState(() => {
      if (panel.visible && !wasVisible) void this.refresh();
      wasVisible = panel.visible;
    });
    panel.onDidDispose(() => {
      if (this.panel !== panel) return;
      this.panel = undefined;
      this.analysis = undefined;
    });
    panel.webview.html = timingsHtml(panel.webview, this.extensionUri);
  }
}

function resourceRoots(extensionUri: vscode.Uri): vscode.Uri[] {
  return [vscode.Uri.joinPath(extensionUri, 'dist', 'webview'), vscode.Uri.joinPath(extensionUri, 'media')];
}
