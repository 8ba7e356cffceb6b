import * as vscode from 'vscode';
import type { FailureDetails } from '../core/failure';

/** What became of the restore, or of whatever else it was, over which the connection was lost. */
export function lostRestoreWords(restore: FailureDetails<'engineLost'>['restore']): string {
  switch (restore) {
    case 'notDone':
      return vscode.l10n.t(
        'The restore was not carried out: nothing was changed. Containers that were stopped for it run again when the engine is back.',
      );
    case 'done':
      return vscode.l10n.t(
        'The restore itself was done. Containers that were stopped for it run again when the engine is back.',
      );
    case undefined:
      return vscode.l10n.t('What was interrupted is put right when it is back.');
  }
}
