import * as vscode from 'vscode';
import { deleteSnapshot as deleteIt } from '../../core/operations';
import { chosen } from '../../ui/cancellation';
import type { Operations } from '../../ui/operation';
import { forNotification } from '../../ui/plainText';
import { format } from '../../ui/words';
import { nodeOf, snapshotFor, type Targets } from '../volumes/targets';

export async function deleteSnapshot(argument: unknown, targets: Targets, operations: Operations): Promise<void> {
  const focused = await nodeOf(argument, targets);
  // The Delete key on anything but a snapshot means nothing.
  if (argument === 'focused' && focused?.kind !== 'snapshot') return;
  const { entry: snapshot } = await snapshotFor(focused, targets);
  const volume = snapshot.volume.name;
  const taken = format.time(new Date(snapshot.time));
  const question = vscode.l10n.t('Delete the snapshot of “{0}” of {1}?', volume, taken);
  const detail = [
    ...(snapshot.note ? [vscode.l10n.t('Note: {0}', forNotification(snapshot.note))] : []),
    vscode.l10n.t('This cannot be undone. Other snapshots and the volume itself are not touched.'),
  ].join('\n\n');
  const yes = vscode.l10n.t('Delete');
  chosen(await vscode.window.showWarningMessage(forNotification(question), { modal: true, detail }, yes));
  await operations.run({
    kind: 'deleteSnapshot',
    volume,
    title: vscode.l10n.t('Delete of a snapshot of {0}', volume),
    work: (host, run) => deleteIt(host, { snapshot }, run),
    completion: (_, { bytesMoved }) => ({
      text: vscode.l10n.t('Snapshot of {0} deleted, {1} freed.', volume, format.bytes(bytesMoved)),
    }),
  });
}
