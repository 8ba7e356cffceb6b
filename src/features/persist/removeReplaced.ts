import * as vscode from 'vscode';
import { displayName } from '../../core/bytes';
import { removeReplaced as removeIt } from '../../core/operations';
import { changedFolders } from '../../core/persist/changedFolders';
import { confirm } from '../../ui/confirm';
import { format } from '../../ui/words';
import { replacedFor, type Persisting } from './containers';

/** Removes a container that was replaced, after a question that says what goes with it: it is the way back. */
export async function removeReplaced(argument: unknown, persisting: Persisting): Promise<void> {
  const { container, by } = await replacedFor(argument, persisting);
  const { signal } = new AbortController();
  const engine = await persisting.connection.engine();
  const changed = changedFolders(await engine.containerChanges(container.id, signal)).slice(0, 8);
  const folders = changed.map(({ path, changes }) => `${displayName(path)} (${format.count(changes)})`);
  await confirm(
    vscode.l10n.t('Remove the container “{0}”?', container.name),
    [
      vscode.l10n.t('“{0}” has its place, and is left as it is. So are all volumes.', by.name),
      ...(folders.length > 0
        ? [vscode.l10n.t('What was changed in it goes for good: {0}.', format.list(folders))]
        : []),
    ],
    vscode.l10n.t('Remove'),
  );
  await removeIt({ engine }, { replaced: container.id }, { signal });
  void vscode.window.showInformationMessage(vscode.l10n.t('Container {0} removed.', container.name));
}
