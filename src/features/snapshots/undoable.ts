import * as vscode from 'vscode';
import { Cancelled } from '../../core/failure';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import type { Node } from '../volumes/model';
import type { Targets } from '../volumes/targets';

/** The safety snapshots that a restore is undone with, one of each of its volumes. */
export type Undo = readonly SnapshotEntry[];

export function undoOf(node: Node | undefined): Undo | undefined {
  return node?.kind === 'volume' || node?.kind === 'group' ? node.undo : undefined;
}

/** A restore of several volumes is there once. */
export function undosOf(nodes: readonly Node[]): Undo[] {
  return [...new Set(nodes.map(undoOf).filter((undo) => undo !== undefined))];
}

/** The button of a message may be pressed long after it: what was done with the volume since ends the undo. */
export async function refuseEnded(undo: Undo, targets: Targets): Promise<void> {
  const ids = (each: Undo) =>
    each
      .map(({ id }) => id)
      .sort()
      .join();
  const offered = undosOf(await targets.nodes()).map(ids);
  if (!offered.includes(ids(undo))) refuse();
}

export function refuse(): never {
  void vscode.window.showInformationMessage(vscode.l10n.t('There is no restore to undo any more.'));
  throw new Cancelled();
}
