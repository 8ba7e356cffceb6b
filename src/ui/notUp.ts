import * as vscode from 'vscode';
import { escapeUnprintable } from '../core/bytes';
import type { NotUp } from '../core/operations';

const longestLine = 200;
// eslint-disable-next-line no-control-regex
const colours = /\x1b\[[\d;]*m/g;

/** What people have to know of a container that did not come up, with the last line of its log. */
export function notUpWords(notUp: NotUp): string {
  const last = readable(notUp).at(-1);
  return last === undefined
    ? whyWords(notUp)
    : vscode.l10n.t('{0} The last line of its log: {1}', whyWords(notUp), last);
}

/** In a dialog, and not in our own log, which is a file: a container may write secrets. */
export async function showContainerLogs(containers: readonly NotUp[]): Promise<void> {
  const detail = containers.map((notUp) => [`${notUp.container}:`, ...readable(notUp)].join('\n')).join('\n\n');
  const title = vscode.l10n.t('The last lines that the container wrote');
  await vscode.window.showWarningMessage(title, { modal: true, detail });
}

function whyWords({ container, why, reason, exitCode }: NotUp): string {
  switch (why) {
    case 'refused':
      return vscode.l10n.t('Container “{0}” could not be started again: {1}', container, reason ?? '…');
    case 'ended':
      return exitCode === undefined
        ? vscode.l10n.t('Container “{0}” did not come up: it ends again and again.', container)
        : vscode.l10n.t('Container “{0}” did not come up: it ended with exit code {1}.', container, exitCode);
    case 'unhealthy':
      return vscode.l10n.t('Container “{0}” did not come up: its health check fails.', container);
    case 'late':
      return vscode.l10n.t('Container “{0}” has not become healthy yet.', container);
  }
}

function readable({ log }: NotUp): string[] {
  const lines = log.map((line) => escapeUnprintable(line.replace(colours, '').replaceAll('\t', ' ')).trim());
  return lines.filter(Boolean).map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)}…` : line));
}
