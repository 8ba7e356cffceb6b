import * as vscode from 'vscode';
import type { Exclusion } from '../../core/backup/backupManifest';
import { format } from '../../ui/words';

/** What was left out of a backup because somebody wanted that: to be seen, and no warning. */
export function excludedWords(excluded: Exclusion | undefined): string[] {
  if (!excluded || excluded.entries === 0) return [];
  const { entries, bytes, patterns } = excluded;
  const [count, size] = [format.count(entries), format.bytes(bytes)];
  return [vscode.l10n.t('Left out by {0}: {1} ({2}).', format.list(patterns), count, size)];
}
