import * as vscode from 'vscode';
import { emptyVolume } from '../../core/operations';
import { confirm } from '../../ui/confirm';
import type { Operations } from '../../ui/operation';
import { format } from '../../ui/words';
import type { EngineConnection } from '../connection/engineConnection';
import { containersToStop } from '../snapshots/containersToStop';
import { stopWords, undoAction } from '../snapshots/restore';
import { volumeFor, type Targets } from '../volumes/targets';

/** Removes all that is in a volume, after a question; the volume itself stays, and its containers run again. */
export async function empty(
  argument: unknown,
  targets: Targets,
  connection: EngineConnection,
  operations: Operations,
): Promise<void> {
  const { volume } = await volumeFor(argument, targets);
  const { name } = volume;
  const stopped = await containersToStop([name], connection);
  const question = vscode.l10n.t('Remove everything in “{0}”?', name);
  await confirm(question, stopWords(stopped), vscode.l10n.t('Empty'));
  await operations.run({
    kind: 'empty',
    volume: name,
    title: vscode.l10n.t('Emptying of {0}', name),
    work: (host, run) => emptyVolume(host, { volume: name }, run),
    completion: ({ volumes }, { totalMs }) => ({
      text: vscode.l10n.t('{0} is empty, after {1}.', name, format.duration(totalMs)),
      losses: volumes.flatMap(({ safety }) => safety.losses),
      action: undoAction({ name, volumes }, targets, operations),
    }),
  });
}
