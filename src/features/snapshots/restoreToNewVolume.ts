import * as vscode from 'vscode';
import { restoreToNewVolume as restoreToNew } from '../../core/operations';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import { chosen } from '../../ui/cancellation';
import type { Operations } from '../../ui/operation';
import { format } from '../../ui/words';
import { composeProject } from '../volumes/model';
import { snapshotFor, type Targets } from '../volumes/targets';
import { suggestedName, volumeNameProblem } from './volumeName';

export async function restoreToNewVolume(argument: unknown, targets: Targets, operations: Operations): Promise<void> {
  const { entry: snapshot } = await snapshotFor(argument, targets);
  const name = await askNewName(snapshot, targets);
  await operations.run({
    kind: 'restoreToNew',
    volume: name,
    title: vscode.l10n.t('Restore of {0} to {1}', snapshot.volume.name, name),
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
export async function askNewName(old: Old, targets: Targets): Promise<string> {
  const taken = (await targets.nodes()).flatMap((node) => (node.kind === 'volume' ? [node.volume.name] : []));
  return chosen(
    await vscode.window.showInputBox({
      title: vscode.l10n.t('Restore to New Volume'),
      prompt: vscode.l10n.t('Name of the new volume'),
      value: suggestedName(old.volume.name, taken),
      validateInput: (text) => problemWords(text, taken) ?? composeHint(old, text),
    }),
  );
}

/** Seen while the name is typed. */
function composeHint(old: Old, name: string): vscode.InputBoxValidationMessage | undefined {
  const message = composeWords(old, name).join(' ');
  return message ? { message, severity: vscode.InputBoxValidationSeverity.Info } : undefined;
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

function problemWords(name: string, taken: readonly string[]): string | undefined {
  switch (volumeNameProblem(name, taken)) {
    case 'malformed':
      return vscode.l10n.t(
        'Use letters, digits, “_”, “.” and “-”, at least two of them, beginning with a letter or digit.',
      );
    case 'taken':
      return vscode.l10n.t('There is already a volume of this name.');
    case undefined:
      return undefined;
  }
}
