import * as path from 'node:path';
import * as vscode from 'vscode';
import { copyInto } from '../../core/operations';
import { confirm } from '../../ui/confirm';
import { format } from '../../ui/words';
import { containersToStop } from '../snapshots/containersToStop';
import { lossesOf, stopWords, undoAction } from '../snapshots/restore';
import type { Syncs } from '../sync/sync';
import type { Node } from '../volumes/model';
import { volumeAround } from '../volumes/targets';

/** Files and folders that were dropped on a volume are put into it, beside what is there; that is asked. */
export async function dropFiles(items: readonly string[], onto: Node | undefined, syncs: Syncs): Promise<void> {
  const volume = onto && volumeAround(onto, syncs.targets)?.volume.name;
  if (volume === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Drop files and folders on the row of a volume.'));
    return;
  }
  const { operations, connection, targets } = syncs;
  const stopped = await containersToStop([volume], connection);
  const names = format.list(items.map((item) => path.basename(item)));
  await confirm(
    vscode.l10n.t('Copy {0} into “{1}”?', names, volume),
    [
      vscode.l10n.t(
        'What has the same name there is replaced, all else stays. What is copied belongs to whom the volume’s root folder belongs to.',
      ),
      ...stopWords(stopped),
    ],
    vscode.l10n.t('Copy'),
  );
  await operations.run({
    kind: 'copyInto',
    volume,
    title: vscode.l10n.t('Copying into {0}', volume),
    work: (host, run) => copyInto(host, { volume, items }, run),
    completion: ({ volumes }, { totalMs }) => ({
      text: vscode.l10n.t('{0} copied into {1} in {2}.', names, volume, format.duration(totalMs)),
      losses: lossesOf(volumes),
      action: undoAction({ name: volume, volumes }, targets, operations),
    }),
  });
}
