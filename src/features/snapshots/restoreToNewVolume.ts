import * as vscode from 'vscode';
import { restoreToNewVolume as restoreToNew } from '../../core/operations';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import type { Operations } from '../../ui/operation';
import { format } from '../../ui/words';
import { askName } from '../volumes/askName';
import { composeProject } from '../volumes/model';
import { snapshotFor, type Targets } from '../volumes/targets';

export async function restoreToNewVolume(argument: unknown, targets: Targets, operations: Operations): Promise<void> {
  const { entry: snapshot } = await snapshotFor(argument, targets);
  const name = await askNewName(snapshot, targets);
  await operations.run({
    kind: 'restoreToNew',
    volume: name,
    title: vscode.l10n.t('Restore of {0} to {1}', snapshot.volume.name, name),
    ahead: { files: snapshot.files, bytes: snapshot.totalBytes },
    work: (host, run) => restoreToNew(host, { snapshot, name }, run),
    completion: (_volume, { totalMs }) => ({
      text: [
        vscode.l10n.t(
          '{0} restored to the new volume {1} in {2}.',
          snapshot.volume.name,
          name,
          format.duration(totalMs),
        ),
        ...composeWords(snapshot, name),
      ].join(' '),
    }),
  });
}

/** Of the volume that the data is of, what a name for a new one is asked with. */
type Old = Pick<SnapshotEntry, 'volume'>;

/** A name that is free; the old one is suggested where it is. */
export function askNewName(old: Old, targets: Targets): Promise<string> {
  const hint = (name: string) => composeWords(old, name).join(' ');
  return askName({ title: vscode.l10n.t('Restore to New Volume'), name: old.volume.name, hint }, targets);
}

/** Compose knows its volumes by labels, which only the volume of the old name gets back. */
export function composeWords({ volume }: Old, name: string): string[] {
  const project = volume.labels[composeProject];
  if (!project) return [];
  return [
    name === volume.name
      ? vscode.l10n.t('Compose takes it as the volume of its project “{0}”: it has the labels of the old one.', project)
      : vscode.l10n.t('Compose does not take it as its own: the labels for that go with the old name only.'),
  ];
}
