import * as path from 'node:path';
import * as vscode from 'vscode';
import { backupName, isEncryptedName } from '../../core/backup/backupName';
import { backUpSnapshot, backUpVolume, type Backup } from '../../core/operations';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import type { TimingRecord } from '../../core/timings/record';
import { chosen } from '../../ui/cancellation';
import type { Completion } from '../../ui/completion';
import { settings } from '../../ui/settings';
import { format } from '../../ui/words';
import { nodeOf, volumeFor } from '../volumes/targets';
import { askLock } from './askEncryption';
import { defaultFolder } from './defaultFolder';
import { excludedWords } from './excludedWords';
import type { Backups } from './backUp';
import { clearLeftovers } from './leftovers';
import { placeOf } from './place';

/**
 * Writes a snapshot to a file, or a volume: then a snapshot of it is taken first, and stays as any other one. Under a name that
 * ends with `.age` it is encrypted.
 */
export async function exportVolume(
  argument: unknown,
  { targets, operations, tool, log }: Pick<Backups, 'targets' | 'operations' | 'tool' | 'log'>,
): Promise<void> {
  const node = await nodeOf(argument, targets);
  const snapshot = node?.kind === 'snapshot' ? node.entry : undefined;
  const volume = snapshot?.volume.name ?? (await volumeFor(node, targets)).volume.name;
  const { fsPath: file } = await askWhere(volume, snapshot);
  const place = placeOf(file, isEncryptedName(file) ? { lock: await askLock() } : {});
  const request = { ...place, level: settings.backupLevel(), exclude: settings.backupExclude(), tool };
  const done = await operations.run({
    kind: 'backup',
    volume,
    title: vscode.l10n.t('Backup of {0}', volume),
    work: (host, run) =>
      snapshot
        ? backUpSnapshot(host, { ...request, snapshot }, run)
        : backUpVolume(host, { ...request, volume, note: vscode.l10n.t('for a backup') }, run),
    completion: (backup, record) => ({
      text: doneWords(volume, file, backup, record),
      // Of a snapshot that was there, they were said when it was taken.
      losses: snapshot ? [] : backup.snapshot.losses,
      ...reveal(file),
    }),
  });
  if (done) clearLeftovers(place.destination, log);
}

/** Where VS Code's window is on the machine that has the file; elsewhere it has no command for it. */
function reveal(file: string): Pick<Completion, 'action'> {
  if (vscode.env.remoteName !== undefined || vscode.env.uiKind !== vscode.UIKind.Desktop) return {};
  const run = () => vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(file));
  return { action: { title: vscode.l10n.t('Reveal'), run } };
}

async function askWhere(volume: string, snapshot: SnapshotEntry | undefined): Promise<vscode.Uri> {
  const name = backupName(volume, snapshot ? new Date(snapshot.time) : new Date());
  return chosen(
    await vscode.window.showSaveDialog({
      title: vscode.l10n.t('Back Up {0}', volume),
      saveLabel: vscode.l10n.t('Back Up'),
      defaultUri: vscode.Uri.joinPath(defaultFolder(), name),
      // Of `tar.zst` VS Code's own dialog would make `tar.zst.tar.zst`.
      filters: { [vscode.l10n.t('Backups of volumes')]: ['zst'], [vscode.l10n.t('Encrypted backups')]: ['age'] },
    }),
  );
}

function doneWords(volume: string, file: string, { bytes, excluded }: Backup, { totalMs }: TimingRecord): string {
  const name = path.basename(file);
  const done = vscode.l10n.t(
    '{0} backed up to {1} ({2}) in {3}.',
    volume,
    name,
    format.bytes(bytes),
    format.duration(totalMs),
  );
  return [done, ...excludedWords(excluded)].join(' ');
}
