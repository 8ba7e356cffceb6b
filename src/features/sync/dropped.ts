import * as vscode from 'vscode';
import { Cancelled } from '../../core/failure';
import { chosen } from '../../ui/cancellation';
import { forQuickPick } from '../../ui/plainText';
import type { Node, VolumeNode } from '../volumes/model';
import type { Targets } from '../volumes/targets';
import { previewAndSync, type Syncs } from './sync';

/** A volume that is dropped on another one is synced to it, or cloned: that is asked. Dropped beside all, it is cloned. */
export async function dropped(volumes: readonly VolumeNode[], onto: Node | undefined, syncs: Syncs): Promise<void> {
  const [volume, ...more] = volumes;
  if (!volume || more.length > 0) {
    if (volume) void vscode.window.showInformationMessage(vscode.l10n.t('Drag one volume at a time.'));
    return;
  }
  const source = volume.volume.name;
  const target = onto && nameOf(onto, syncs.targets);
  if (target === source) return;
  if (target !== undefined && (await asksForSync(source, target))) return previewAndSync({ source, target }, syncs);
  await vscode.commands.executeCommand('dockerVolumes.cloneVolume', volume);
}

/** Of the row that it was dropped on, or that this one is shown under. */
function nameOf(onto: Node, targets: Targets): string | undefined {
  const node = onto.kind === 'snapshot' || onto.kind === 'container' ? targets.parentOf(onto) : onto;
  if (node?.kind === 'removedVolume') throw new Cancelled();
  return node?.kind === 'volume' ? node.volume.name : undefined;
}

async function asksForSync(source: string, target: string): Promise<boolean> {
  const items = [
    {
      label: vscode.l10n.t('Sync'),
      description: vscode.l10n.t(
        'make “{0}” equal to “{1}”, after a preview',
        forQuickPick(target),
        forQuickPick(source),
      ),
      syncs: true,
    },
    {
      label: vscode.l10n.t('Clone'),
      description: vscode.l10n.t('make a new volume of “{0}”', forQuickPick(source)),
      syncs: false,
    },
  ];
  const placeHolder = vscode.l10n.t('“{0}” was dropped on “{1}”', forQuickPick(source), forQuickPick(target));
  return chosen(await vscode.window.showQuickPick(items, { placeHolder })).syncs;
}
