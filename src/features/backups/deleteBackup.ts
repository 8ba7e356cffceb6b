import * as vscode from 'vscode';
import { buildingOn } from '../../core/backup/builtOn';
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
  const chosen = selectedBackups(node, selected);
  // What others have added while the question stood is not to be left without what it builds on: then it is asked anew.
  let others = await buildingOnThem(chosen, tree);
  for (
    let asked: BackupNode[] | undefined;
    !asked || others.some(({ id }) => asked!.every((each) => each.id !== id));
  ) {
    asked = others;
    await confirm(question(chosen), details(chosen, others), vscode.l10n.t('Delete'));
    others = await buildingOnThem(chosen, tree);
  }
  // Newest first: what is left when it does not end well can be restored.
  const nodes = [...chosen, ...others].sort((a, b) => b.time.getTime() - a.time.getTime());
  try {
    for (const { config, file } of nodes) {
      await (await destinations.open(config)).remove(file.name, new AbortController().signal);
    }
  } finally {
    for (const name of new Set(nodes.map(({ config }) => config.name))) tree.refresh(name);
  }
}

/** At their destinations, and not chosen. */
async function buildingOnThem(chosen: readonly BackupNode[], tree: Backups['tree']): Promise<BackupNode[]> {
  const others: BackupNode[] = [];
  for (const config of new Map(chosen.map((each) => [each.config.name, each.config])).values()) {
    tree.refresh(config.name);
    const there: BackupNode[] = [];
    for (const each of await tree.volumesAt(config)) {
      // Nothing is deleted while it is not known what would be lost with it.
      if (each.kind === 'problem') throw each.error;
      there.push(...each.backups);
    }
    const ids = new Set(chosen.map(({ id }) => id));
    const ofThese = there.filter(({ id }) => ids.has(id));
    others.push(...buildingOn(ofThese, there));
  }
  return others;
}

function question(nodes: readonly BackupNode[]): string {
  const [{ volume, time, config }, ...others] = nodes as [BackupNode, ...BackupNode[]];
  return others.length === 0
    ? vscode.l10n.t('Delete the backup of “{0}” of {1} from “{2}”?', volume, format.time(time), config.name)
    : vscode.l10n.t('Delete {0} backups?', format.count(nodes.length));
}

function details(nodes: readonly BackupNode[], others: readonly BackupNode[]): string[] {
  return [
    ...(nodes.length > 1
      ? [vscode.l10n.t('Of: {0}', format.list([...new Set(nodes.map(({ volume }) => volume))]))]
      : []),
    ...(others.length > 0
      ? [
          vscode.l10n.t(
            'Later backups have only what has changed since, cannot be restored without it, and are deleted with it: {0}',
            format.list(others.map(({ time }) => format.time(time))),
          ),
        ]
      : []),
    vscode.l10n.t('This cannot be undone. Snapshots and volumes are not touched.'),
  ];
}
