import * as vscode from 'vscode';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import { escapeUnprintable } from '../../core/bytes';

/** What a snapshot that nobody took is there for, in few words; none for one that a person took. */
export function purposeWords({ kind, purpose, copyOf }: SnapshotEntry): string[] {
  if (kind !== 'safety') return [];
  switch (purpose) {
    case undefined:
      return [vscode.l10n.t('before a restore')];
    case 'sync':
      return [vscode.l10n.t('before a sync')];
    case 'empty':
      return [vscode.l10n.t('before it was emptied')];
    case 'remove':
    case 'prune':
      return [vscode.l10n.t('before it was removed')];
    case 'source':
      return [copyOf ? copyWords(copyOf) : vscode.l10n.t('taken to be copied')];
  }
}

function copyWords({ volume, engine }: NonNullable<SnapshotEntry['copyOf']>): string {
  const name = escapeUnprintable(volume);
  return engine
    ? vscode.l10n.t('copy of {0} on {1}', name, escapeUnprintable(engine.name))
    : vscode.l10n.t('copy of {0}', name);
}
