import * as vscode from 'vscode';
import { isFailure } from '../../core/failure';
import { verifyBackup as verifyIt } from '../../core/operations';
import { format } from '../../ui/words';
import type { Backups } from './backUp';
import { backupFor, selectedBackups } from './targets';
import type { BackupNode } from './model';
import type { VerifiedBackups } from './verified';

/** Reads all of a backup, or of all selected ones, and compares it with its proof; when that was is shown beside it. */
export async function verifyBackup(
  argument: unknown,
  selected: unknown,
  backups: Backups,
  verified: VerifiedBackups,
): Promise<void> {
  const node = await backupFor(argument, backups.destinations, backups.tree);
  for (const each of selectedBackups(node, selected)) if (!(await verifyOne(each, backups, verified))) return;
}

async function verifyOne(
  { config, file, volume }: BackupNode,
  { operations, destinations, tree }: Backups,
  verified: VerifiedBackups,
): Promise<boolean> {
  const destination = await destinations.open(config);
  const done = await operations.run({
    kind: 'verifyBackup',
    volume,
    title: vscode.l10n.t('Verification of a backup of {0}', volume),
    async work(_, run) {
      try {
        const manifest = await verifyIt({ destination, file: file.name }, run);
        await verified.remember(config.name, file, new Date());
        return manifest;
      } catch (error) {
        if (isFailure(error, 'backupDamaged')) await verified.forget(config.name, file);
        throw error;
      }
    },
    completion: (_, { totalMs, bytesMoved }) => ({
      text: vscode.l10n.t(
        'The backup of {0} is whole: {1} read and compared in {2}.',
        volume,
        format.bytes(bytesMoved),
        format.duration(totalMs),
      ),
    }),
  });
  tree.repaint();
  return done !== undefined;
}
