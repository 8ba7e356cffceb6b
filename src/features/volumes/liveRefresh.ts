import type * as vscode from 'vscode';

const quietMs = 300;
const agesEveryMs = 60_000;

/**
 * Refreshes a view after changes: once they have settled, and only while it is visible; else when it becomes visible.
 * While visible it is also repainted every minute, for it shows ages.
 */
export class LiveRefresh implements vscode.Disposable {
  private stale = false;
  private settling: NodeJS.Timeout | undefined;
  private readonly ages: NodeJS.Timeout;

  constructor(
    private readonly isVisible: () => boolean,
    private readonly refresh: () => void,
    repaint: () => void,
  ) {
    this.ages = setInterval(() => this.isVisible() && repaint(), agesEveryMs);
  }

  /** Something changed. */
  notice(): void {
    this.stale = true;
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.refreshIfSeen(), quietMs);
  }

  refreshIfSeen(): void {
    if (!this.stale || !this.isVisible()) return;
    this.stale = false;
    this.refresh();
  }

  dispose(): void {
    clearTimeout(this.settling);
    clearInterval(this.ages);
  }
}
