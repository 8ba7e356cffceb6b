import * as vscode from 'vscode';
import type { Changes } from '../../core/changes';
import { type Failure, isFailure } from '../../core/failure';
import type { SyncRequest } from '../../core/operations';
import { confirm } from '../../ui/confirm';
import { messageOf } from '../../ui/failureMessages';
import { haltWords } from '../../ui/volumeFailureMessages';
import { summaryOf } from '../snapshots/changesText';

export function wouldChange(changes: Changes): string {
  const summary = summaryOf(changes);
  return summary === undefined ? vscode.l10n.t('Nothing would change.') : vscode.l10n.t('Would change: {0}.', summary);
}

/** What a request would have to say to get past a refusal that people can decide about. */
export function evenSo(failure: Failure): Pick<SyncRequest, 'evenSo' | 'anyVersion'> | undefined {
  if (isFailure(failure, 'syncHalted')) return { evenSo: true };
  return isFailure(failure, 'databaseVersionDiffers') ? { anyVersion: true } : undefined;
}

export function confirmAnyway(failure: Failure): Promise<void> {
  const yes = vscode.l10n.t('Sync Anyway');
  if (!isFailure(failure, 'syncHalted'))
    return confirm(vscode.l10n.t('Sync the data of another version?'), [messageOf(failure).text], yes);
  const { source, target, why } = failure.details;
  const undone = vscode.l10n.t('Nothing was changed yet, and it could be undone.');
  const question = vscode.l10n.t('This looks like an accident. Sync “{0}” to “{1}” all the same?', source, target);
  return confirm(question, [haltWords(why), undone], yes);
}
