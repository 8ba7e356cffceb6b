import * as vscode from 'vscode';
import { Cancelled } from '../../core/failure';
import type { CommandRegistry } from '../../ui/commands';
import { forQuickPick } from '../../ui/plainText';
import { format } from '../../ui/words';
import type { Node, VolumeNode } from '../volumes/model';
import { pick, volumeFor, type Targets } from '../volumes/targets';
import { dropped } from './dropped';
import { previewAndSync, syncAgain, type Syncs } from './sync';
import { syncToOtherEngine, type FarSyncs } from './syncToEngine';

/** A volume is made equal to another one, of this engine or another one. */
export function registerSync(commands: CommandRegistry, syncs: Syncs & FarSyncs): void {
  const { targets } = syncs;
  targets.onDrop((volumes, onto) => dropped(volumes, onto, syncs));
  commands.register('syncVolume', async (node) => {
    const { volume } = await volumeFor(node, targets);
    const target = await pickTarget(volume.name, targets);
    await previewAndSync({ source: volume.name, target: target.volume.name }, syncs);
  });
  commands.register('syncToEngine', (node) => syncToOtherEngine(node, syncs));
  commands.register('syncAgain', async (node) => {
    const { volume, syncedFrom } =
      node === undefined ? await pickSynced(await targets.nodes()) : await volumeFor(node, targets);
    if (!syncedFrom) throw new Cancelled();
    await syncAgain({ source: syncedFrom.volume, target: volume.name }, syncs);
  });
}

async function pickTarget(source: string, targets: Targets): Promise<VolumeNode> {
  const others = volumesAmong(await targets.nodes()).filter(({ volume }) => volume.name !== source);
  return pick(
    others,
    ({ volume, users }) => ({
      label: forQuickPick(volume.name),
      description:
        users.length > 0 ? format.list(users.map(({ container }) => container.name)) : vscode.l10n.t('unused'),
    }),
    vscode.l10n.t('Choose the volume that is to become equal to “{0}”', source),
    vscode.l10n.t('There is no other volume on this engine. “Clone…” makes one.'),
  );
}

function pickSynced(nodes: readonly Node[]): Promise<VolumeNode> {
  return pick(
    volumesAmong(nodes).filter(({ syncedFrom }) => syncedFrom),
    ({ volume, syncedFrom }) => ({
      label: forQuickPick(volume.name),
      description: vscode.l10n.t('from {0}', forQuickPick(syncedFrom?.volume ?? '')),
    }),
    vscode.l10n.t('Choose a volume to sync again'),
    vscode.l10n.t('No volume here was made as a copy of another one that is still there.'),
  );
}

function volumesAmong(nodes: readonly Node[]): VolumeNode[] {
  return nodes.filter((node): node is VolumeNode => node.kind === 'volume');
}
