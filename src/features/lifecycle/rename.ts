import * as vscode from 'vscode';
import { renameVolume } from '../../core/operations';
import type { Operations } from '../../ui/operation';
import { format } from '../../ui/words';
import { askName } from '../volumes/askName';
import { composeProject } from '../volumes/model';
import { volumeFor, type Targets } from '../volumes/targets';
import { refuseUsed } from './remove';

/** Gives a volume that no container has another name. */
export async function rename(argument: unknown, targets: Targets, operations: Operations): Promise<void> {
  const node = await volumeFor(argument, targets);
  refuseUsed(node);
  const { volume } = node;
  const project = volume.labels[composeProject];
  const hint = (name: string) =>
    project && name !== volume.name
      ? vscode.l10n.t('For Compose, the volume of “{0}” has to get this “name:” in its file, too.', project)
      : undefined;
  const name = await askName(
    { title: vscode.l10n.t('New Name of {0}', volume.name), name: volume.name, hint },
    targets,
  );
  await operations.run({
    kind: 'rename',
    volume: name,
    title: vscode.l10n.t('Renaming of {0} to {1}', volume.name, name),
    work: (host, run) => renameVolume(host, { volume, name }, run),
    completion: ({ kept }, { totalMs }) => ({
      text: [
        vscode.l10n.t('{0} is now {1}, after {2}.', volume.name, name, format.duration(totalMs)),
        ...(kept ? [vscode.l10n.t('Its earlier snapshots stay under “Removed volumes”.')] : []),
      ].join(' '),
      losses: kept?.losses ?? [],
    }),
  });
}
