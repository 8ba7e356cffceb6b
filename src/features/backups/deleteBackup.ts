import * as vscode from 'vscode';
import { confirm } from '../../ui/confirm';
import { format } from '../../ui/words';
import type { Backups } from './backUp';
import { backupFor, selectedBackups } from './targets';
import type { BackupNode } from './model';

/** Deletes a backup, or all selected ones, after one question. */
export async function deleteBackup(
  argument: unknown,
  selected: unknown,
  { destinations, tree }: Pick<Backups, 'destinations' | 'tree'>,
): Promise<void> {
  const node = await backupFor(argument, destinations, tree);
  const nodes = selectedBackups(node, selected);
  await confirm(question(nodes), details(nodes), vscode.l10n.t('Delete'));
  try {
    for (const { config, file } of nodes) {
      await (await destinations.open(config)).remove(file.name, new AbortController().signal);
    }
  } finally {
    for (const name of new Set(nodes.map(({ config }) => config.name))) tree.refresh(name);
  }
}

function question(nodes: readonly BackupNode[]): string {
  const [{ volume, time, config }, ...others] = nodes as [BackupNode, ...BackupNode[]];
  return others.length === 0
    ? vscode.l10n.t('Delete the backup of “{0}” of {1} from “{2}”?', volume, format.time(time), config.name)
    : vscode.l10n.t('Delete {0} backups?', format.count(nodes.length));
}

function details(nodes: readonly BackupNode[]): string[] {
  return [
    ...(nodes.length > 1
      ? [vscode.l10n.t('Of: {0}', format.list([...new Set(nodes.map(({ volume }) => volume))]))]
      : []),
    vscode.l10n.t('This cannot be undone. Snapshots and volumes are not touched.'),
  ];
}
