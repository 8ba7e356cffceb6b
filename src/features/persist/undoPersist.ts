import * as vscode from 'vscode';
import { undoPersist as giveBack } from '../../core/operations';
import { confirm } from '../../ui/confirm';
import { format } from '../../ui/words';
import { replacedFor, type Persisting, type Replaced } from './containers';

/** Gives a container that was replaced its place again, once the user knows what it does not have. */
export async function undoPersist(argument: unknown, persisting: Persisting): Promise<void> {
  const replaced = await replacedFor(argument, persisting);
  const { container, by } = replaced;
  const volumes = volumesOnlyNow(replaced);
  await confirm(
    vscode.l10n.t('Give container “{0}” its place back?', container.name),
    [
      vscode.l10n.t('“{0}” is stopped, and kept under another name; this one takes its place.', by.name),
      ...(volumes.length > 0
        ? [
            vscode.l10n.t(
              'What was written since is in {0}, which stays, and not in the container that comes back.',
              format.list(volumes),
            ),
          ]
        : []),
    ],
    vscode.l10n.t('Undo Persist'),
  );
  await persisting.operations.run({
    kind: 'undoPersist',
    volume: volumes[0] ?? by.name,
    title: vscode.l10n.t('Undo of a persist of {0}', by.name),
    work: (host, run) => giveBack(host, { replaced: container.id }, run),
    completion: (undone, { totalMs }) => ({
      text: vscode.l10n.t(
        '{0} is again what it was, after {1}. The other one is kept as {2}.',
        undone.container.name,
        format.duration(totalMs),
        undone.replaced.name,
      ),
      action: {
        title: vscode.l10n.t('Undo'),
        run: () => undoPersist({ replaced: undone.replaced.id }, persisting),
      },
    }),
  });
}

function volumesOnlyNow({ container, by }: Replaced): string[] {
  const before = new Set(container.mounts.map(({ name }) => name));
  return by.mounts.flatMap(({ type, name }) => (type === 'volume' && name && !before.has(name) ? [name] : []));
}
