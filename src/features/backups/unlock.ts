import * as vscode from 'vscode';
import { isEncryptedName } from '../../core/backup/backupName';
import { isFailure, type FailureDetails } from '../../core/failure';
import { isIdentity, type Keys } from '../../destinations/age/keys';
import { chosen, signalOf } from '../../ui/cancellation';
import type { Place } from './place';

/**
 * The same backup, with what opens it: where none of the keys that are stored does, it is asked for, once. What is typed is kept
 * no longer than the command takes.
 */
export async function unlocked(place: Place): Promise<Place> {
  if (!isEncryptedName(place.file)) return place;
  try {
    await look(place);
    return place;
  } catch (error) {
    if (!isFailure(error, 'backupLocked')) throw error;
    const opened = { ...place, destination: place.destination.with(await askKeys(error.details, place.file)) };
    await look(opened);
    return opened;
  }
}

async function look({ destination, file }: Place): Promise<void> {
  const title = vscode.l10n.t('Opening the encrypted backup');
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  await vscode.window.withProgress(options, async (_, token) => {
    await using _file = await destination.open(file, signalOf(token));
  });
}

async function askKeys({ lock }: FailureDetails<'backupLocked'>, file: string): Promise<Keys> {
  const ask = async (title: string, options: vscode.InputBoxOptions): Promise<string> =>
    chosen(await vscode.window.showInputBox({ ...options, title, prompt: file, password: true, ignoreFocusOut: true }));
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
