import * as vscode from 'vscode';
import type { LongFreeze } from '../core/operations';
import { forNotification } from './plainText';
import { format } from './words';

/** Whether the user agrees to a freeze that takes longer than the setting allows. */
export async function confirmLongFreeze({ seconds, containers }: LongFreeze): Promise<boolean> {
  const question = vscode.l10n.t(
    'Pause {0} for about {1}?',
    forNotification(format.list(containers)),
    format.duration(seconds * 1000),
  );
  const detail = vscode.l10n.t(
    'The app writes so much that the snapshot cannot be completed in less. A “live” snapshot pauses nothing, but may hold files of different moments.',
  );
  const yes = vscode.l10n.t('Pause and Take It');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}
