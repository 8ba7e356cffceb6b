import * as vscode from 'vscode';
import { addressOf, type DestinationConfig } from '../../core/backup/destinationConfig';
import { forQuickPick } from '../../ui/plainText';
import { format } from '../../ui/words';
import { pick } from '../volumes/targets';
import type { Destinations } from './destinations';
import type { BackupNode, BackupsNode } from './model';
import type { BackupsTree } from './tree';

/** The destination a command is for; asks when it was started without one. */
export async function destinationFor(argument: unknown, destinations: Destinations): Promise<DestinationConfig> {
  const node = argument as BackupsNode | undefined;
  return node?.config ?? (await pickDestination(destinations));
}

export function pickDestination(destinations: Destinations): Promise<DestinationConfig> {
  return pick(
    destinations.list(),
    (config) => ({ label: forQuickPick(config.name), description: forQuickPick(addressOf(config)) }),
    vscode.l10n.t('Choose a destination'),
    vscode.l10n.t('There are no destinations for backups yet. Add one first.'),
  );
}

/**
 * The backup a command is for; asks for the destination, then for one of its backups, newest first. `images`: also for one that is an
 * image of something else.
 */
export async function backupFor(
  argument: unknown,
  destinations: Destinations,
  tree: BackupsTree,
  { images = false } = {},
): Promise<BackupNode> {
  const node = argument as BackupsNode | undefined;
  if (node?.kind === 'backup') return node;
  const backups = await backupsAt(node, destinations, tree);
  return pick(
    backups.filter(({ image }) => images || !image).sort((a, b) => b.time.getTime() - a.time.getTime()),
    ({ volume, time, file }) => ({
      label: forQuickPick(volume),
      description: [format.age(time, new Date()), format.bytes(file.bytes)].join(' · '),
      detail: format.time(time),
    }),
    vscode.l10n.t('Choose a backup'),
    vscode.l10n.t('There are no backups there yet.'),
  );
}

async function backupsAt(
  node: BackupsNode | undefined,
  destinations: Destinations,
  tree: BackupsTree,
): Promise<BackupNode[]> {
  if (node?.kind === 'backedUpVolume') return [...node.backups];
  const found = await tree.volumesAt(await destinationFor(node, destinations));
  const backups: BackupNode[] = [];
  for (const each of found) {
    if (each.kind === 'problem') throw each.error;
    backups.push(...each.backups);
  }
  return backups;
}

/** The selected backups, when the command was started on one of them; else that one. */
export function selectedBackups(node: BackupNode, selected: unknown): BackupNode[] {
  const selection = (Array.isArray(selected) ? (selected as BackupsNode[]) : []).filter(
    (each): each is BackupNode => each.kind === 'backup' && !each.image,
  );
  return selection.some(({ id }) => id === node.id) ? selection : [node];
}
