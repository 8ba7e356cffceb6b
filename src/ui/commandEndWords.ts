import * as vscode from 'vscode';

/** How a command ended: "exit code 1: permission denied". */
export function endWords({
  exitCode,
  seconds,
  output,
}: {
  exitCode?: number;
  seconds?: number;
  output: string;
}): string {
  const end =
    exitCode === undefined
      ? vscode.l10n.t('no end within {0} s', seconds ?? 0)
      : vscode.l10n.t('exit code {0}', exitCode);
  return [end, oneLine(output)].filter(Boolean).join(': ');
}

/** The end of a text of several lines, for a notification, which has one. */
export function oneLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter(Boolean).slice(-3).join(' / ').slice(-300);
}
