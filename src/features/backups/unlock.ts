import * as path from 'node:path';
import * as vscode from 'vscode';
import { BackupChain } from '../../core/backup/backupChain';
import { isEncryptedName } from '../../core/backup/backupName';
import { isFailure, type Failure, type FailureDetails } from '../../core/failure';
import { isIdentity, type Keys } from '../../destinations/age/keys';
import { chosen, signalOf } from '../../ui/cancellation';
import type { Place } from './place';

/**
 * The same backup, with what opens it and all that it builds on: where none of the keys that are stored does, it is asked for, once
 * for each file. What is typed is kept no longer than the command takes.
 */
export async function unlocked(place: Place): Promise<Place> {
  let { destination } = place;
  for (const asked = new Set<string>(); ;) {
    const locked = await lockedAmong({ ...place, destination });
    if (!locked) return { ...place, destination };
    if (asked.has(locked.details.file)) throw locked;
    asked.add(locked.details.file);
    destination = destination.with(await askKeys(locked.details));
  }
}

/** Why the backup, or the first of those that it builds on that is so, cannot be opened. */
async function lockedAmong({ destination, file }: Place): Promise<Failure<'backupLocked'> | undefined> {
  const title = vscode.l10n.t('Opening the encrypted backup');
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const look = async (signal: AbortSignal): Promise<void> => {
    await using _chain = await BackupChain.open(destination, file, signal);
  };
  try {
    if (isEncryptedName(file)) {
      await vscode.window.withProgress(options, (_, token) => look(signalOf(token)));
    } else await look(new AbortController().signal);
    return undefined;
  } catch (error) {
    if (isFailure(error, 'backupLocked')) return error;
    // What else is wrong with it, and whether it is a backup at all, is found by whoever reads it.
    if (isFailure(error, 'backupWithoutProof', 'backupDamaged', 'backupTooNew', 'backupChainBroken')) return undefined;
    throw error;
  }
}

async function askKeys({ lock, file }: FailureDetails<'backupLocked'>): Promise<Keys> {
  const ask = async (title: string, options: vscode.InputBoxOptions): Promise<string> =>
    chosen(
      await vscode.window.showInputBox({
        ...options,
        title,
        prompt: path.basename(file),
        password: true,
        ignoreFocusOut: true,
      }),
    );
  if (lock === 'passphrase') {
    return { identities: [], passphrases: [await ask(vscode.l10n.t('Passphrase of the Backup'), {})] };
  }
  const text = await ask(vscode.l10n.t('Private Key of the Backup'), {
    placeHolder: 'AGE-SECRET-KEY-1…',
    validateInput: async (said) =>
      (await isIdentity(said.trim()))
        ? undefined
        : vscode.l10n.t('That is the line of the key’s file that begins with AGE-SECRET-KEY-1.'),
  });
  return { identities: [text.trim()], passphrases: [] };
}
