import * as vscode from 'vscode';
import type { Operations } from '../../ui/operation';
import { forQuickPick } from '../../ui/plainText';
import { format } from '../../ui/words';
import type { Node } from '../volumes/model';
import { nodeOf, pick, type Targets } from '../volumes/targets';
import { restoreAndOfferUndo } from './restore';
import { refuse, undoOf, undosOf, type Undo } from './undoable';

/**
 * Restores what was there before the last restore, of all volumes that were restored together. Asks no question, as the
 * button beside the words of a restore that has just ended: what it replaces is kept, and can be brought back.
 */
export async function undoRestore(argument: unknown, targets: Targets, operations: Operations): Promise<void> {
  const undo = await undoFor(await nodeOf(argument, targets), targets);
  await restoreAndOfferUndo(targets, operations, { name: nameOf(undo), snapshots: undo }, { undo: true });
}

/** Read anew: since the row was painted, another window may have done something with the volume. */
async function undoFor(node: Node | undefined, targets: Targets): Promise<Undo> {
  const nodes = await targets.nodes();
  if (node) {
    const undo = undoOf(nodes.find(({ id }) => id === node.id));
    return undo ?? refuse();
  }
  return pick(
    undosOf(nodes),
    (undo) => ({
      label: forQuickPick(nameOf(undo)),
      description: vscode.l10n.t('as of {0}', format.time(new Date(undo[0]!.time))),
      ...(undo.length > 1 && { detail: format.list(undo.map(({ volume }) => forQuickPick(volume.name))) }),
    }),
    vscode.l10n.t('Choose a restore to undo'),
    vscode.l10n.t('There is no restore to undo.'),
  );
}

/** As the restore was named: by its project, where it was of one. */
function nameOf(undo: Undo): string {
  return undo[0]!.group?.project ?? format.list(undo.map(({ volume }) => volume.name));
}
