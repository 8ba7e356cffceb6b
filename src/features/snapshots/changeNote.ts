import * as vscode from 'vscode';
import { changeNote as change } from '../../core/operations';
import { chosen } from '../../ui/cancellation';
import type { Operations } from '../../ui/operation';
import { format } from '../../ui/words';
import { snapshotFor, type Targets } from '../volumes/targets';

/** Gives a snapshot another note, or none. A safety snapshot is kept for as long as it has one. */
export async function changeNote(argument: unknown, targets: Targets, operations: Operations): Promise<void> {
  const { entry: snapshot } = await snapshotFor(argument, targets);
  const prompt =
    snapshot.kind === 'safety'
      ? vscode.l10n.t('Note, shown beside the snapshot. A safety snapshot with a note is not removed by itself.')
      : vscode.l10n.t('Note, shown beside the snapshot');
  const taken = format.time(new Date(snapshot.time));
  const title = vscode.l10n.t('Snapshot of {0}, {1}', snapshot.volume.name, taken);
  const note = chosen(await vscode.window.showInputBox({ title, prompt, value: snapshot.note })).trim();
  if (note === snapshot.note) return;
  await operations.run({
    kind: 'changeNote',
    volume: snapshot.volume.name,
    title: vscode.l10n.t('Note of a snapshot of {0}', snapshot.volume.name),
    work: (host, run) => change(host, { snapshot, note }, run),
  });
}
