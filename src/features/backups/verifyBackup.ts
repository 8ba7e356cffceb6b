import * as vscode from 'vscode';
import { isFailure } from '../../core/failure';
import { trialRestore, verifyBackup as verifyIt } from '../../core/operations';
import { format } from '../../ui/words';
import type { Backups } from './backUp';
import { backupFor, selectedBackups } from './targets';
import type { BackupNode } from './model';
import { unlocked } from './unlock';
import type { VerifiedBackups } from './verified';

/** Restores a backup to a volume that is removed again. */
export async function tryBackup(argument: unknown, backups: Backups, verified: VerifiedBackups): Promise<void> {
  const { operations, destinations, tree } = backups;
  const { config, file, volume } = await backupFor(argument, destinations, tree);
  const { destination } = await unlocked({ destination: await destinations.open(config), file: file.name });
  await operations.run({
    kind: 'verifyBackup',
    volume,
    title: vscode.l10n.t('Trial restore of a backup of {0}', volume),
    destination: { name: config.name, type: config.type },
    work: (host, run) =>
      remembering({ config, file }, verified, () =>
        trialRestore(host, { destination, file: file.name, note: vscode.l10n.t('trial restore') }, run),
      ),
    completion: ({ files, bytes }, { totalMs }) => ({
      text: vscode.l10n.t(
        'The backup of {0} was restored to a new volume, and that removed again: files: {1}, {2}, in {3}.',
        volume,
        format.count(files),
        format.bytes(bytes),
        format.duration(totalMs),
      ),
    }),
  });
  tree.repaint();
}

/** When a backup proved whole is remembered; of one that is damaged nothing is. */
async function remembering<T>(
  { config, file }: Pick<BackupNode, 'config' | 'file'>,
  verified: VerifiedBackups,
  work: () => Promise<T>,
): Promise<T> {
  try {
    const result = await work();
    await verified.remember(config, file, new Date());
    return result;
  } catch (error) {
    if (isFailure(error, 'backupDamaged', 'backupWithoutProof', 'backupChainBroken'))
      await verified.forget(config, file);
    throw error;
  }
}

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
  const { destination } = await unlocked({ destination: await destinations.open(config), file: file.name });
  const done = await operations.run({
    kind: 'verifyBackup',
    volume,
    title: vscode.l10n.t('Verification of a backup of {0}', volume),
    destination: { name: config.name, type: config.type },
    ahead: { bytes: file.bytes },
    work: (_, run) => remembering({ config, file }, verified, () => verifyIt({ destination, file: file.name }, run)),
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
