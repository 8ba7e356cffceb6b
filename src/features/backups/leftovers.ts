import type * as vscode from 'vscode';
import type { Destination } from '../../core/backup/destination';

const dayMs = 24 * 60 * 60 * 1_000;

/**
 * Removes what is left of backups whose VS Code was killed. After a backup, for then the destination is known to answer; nobody
 * waits for it, and a failure is only logged. One that is a day old is no longer being written to.
 */
export function clearLeftovers(destination: Destination, log: vscode.LogOutputChannel): void {
  destination
    .removeLeftovers(new Date(Date.now() - dayMs), new AbortController().signal)
    .catch((error: unknown) => log.warn('leftovers of backups', String(error)));
}
