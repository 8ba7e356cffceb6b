import * as fs from 'node:fs/promises';
import * as vscode from 'vscode';
import type { EncryptionConfig } from '../../core/backup/destinationConfig';
import { isRecipient, newIdentity, recipientOf, type Keys, type Lock } from '../../destinations/age/keys';
import { chosen } from '../../ui/cancellation';
import { confirm } from '../../ui/confirm';
import { defaultFolder } from './defaultFolder';
import { lockOf } from './destinations';

/** How backups at a destination are encrypted; `opening`: what opens them, where that is a new secret. */
export interface Encryption {
  encryption?: EncryptionConfig;
  opening?: Keys;
}

const shortestPassphrase = 8;

type Way = vscode.QuickPickItem & { ask(): Promise<Encryption> | Encryption };

const publicKeys = (): Way => ({
  label: vscode.l10n.t('$(person) For public keys'),
  description: vscode.l10n.t('of age; only who has a private key of one of them can read it'),
  ask: forRecipients,
});
const passphrase = (description: string): Way => ({
  label: vscode.l10n.t('$(lock) With a passphrase'),
  description,
  ask: withPassphrase,
});

/** The same for one file, of which nothing secret is kept here. */
export async function askLock(): Promise<Lock | undefined> {
  const ways = [passphrase(vscode.l10n.t('you keep it: nothing here does')), publicKeys()];
  const placeHolder = vscode.l10n.t('How is the file encrypted?');
  const { encryption, opening } = await chosen(
    await vscode.window.showQuickPick(ways, { placeHolder, ignoreFocusOut: true }),
  ).ask();
  return lockOf(encryption, opening);
}

export async function askEncryption(now: EncryptionConfig | undefined): Promise<Encryption> {
  const ways: Way[] = [
    ...(now ? [{ label: vscode.l10n.t('$(lock) As it is now'), ask: () => ({ encryption: now }) }] : []),
    {
      label: vscode.l10n.t('$(unlock) Not encrypted'),
      description: vscode.l10n.t('whoever can read the place can read the data'),
      ask: () => ({}),
    },
    {
      label: vscode.l10n.t('$(key) With a new key'),
      description: vscode.l10n.t('made now and kept as a secret of VS Code; you save a copy of it'),
      ask: withNewKey,
    },
    publicKeys(),
    passphrase(vscode.l10n.t('kept as a secret of VS Code')),
  ];
  const placeHolder = vscode.l10n.t('Are backups encrypted before they are sent there?');
  return chosen(await vscode.window.showQuickPick(ways, { placeHolder, ignoreFocusOut: true })).ask();
}

/** It is not used before a copy of it was saved: backups outlive this machine, and VS Code's secrets do not. */
async function withNewKey(): Promise<Encryption> {
  const identity = await newIdentity();
  const recipient = await recipientOf(identity);
  await confirm(
    vscode.l10n.t('Save the key to a file now?'),
    [
      vscode.l10n.t('Without the key nobody can read these backups, and it cannot be had again from anywhere.'),
      vscode.l10n.t(
        'VS Code keeps it on this machine only. Keep the file in another place, and not beside the backups.',
      ),
    ],
    vscode.l10n.t('Save…'),
  );
  const options = {
    title: vscode.l10n.t('Key of the Backups'),
    saveLabel: vscode.l10n.t('Save Key'),
    defaultUri: vscode.Uri.joinPath(defaultFolder(), 'key-of-volume-backups.txt'),
  };
  const { fsPath } = chosen(await vscode.window.showSaveDialog(options));
  // As age-keygen writes it, so that `age -d -i` takes it.
  const text = `# created: ${new Date().toISOString()}\n# public key: ${recipient}\n${identity}\n`;
  await fs.writeFile(fsPath, text, { mode: 0o600 });
  // Of a file that was there, too.
  await fs.chmod(fsPath, 0o600);
  return { encryption: { recipients: [recipient] }, opening: { identities: [identity], passphrases: [] } };
}

async function forRecipients(): Promise<Encryption> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Public Keys'),
    prompt: vscode.l10n.t('Public keys of age, one or several, with a space between them.'),
    placeHolder: 'age1…',
    ignoreFocusOut: true,
    validateInput: async (said) => {
      for (const each of split(said)) if (!(await isRecipient(each))) return vscode.l10n.t('No public key: {0}', each);
      return split(said).length === 0 ? vscode.l10n.t('It is needed.') : undefined;
    },
  });
  return { encryption: { recipients: split(chosen(text)) } };
}

async function withPassphrase(): Promise<Encryption> {
  const passphrase = await askSecret(vscode.l10n.t('Passphrase of the Backups'), {
    prompt: vscode.l10n.t('Without it nobody can read these backups. Keep it in another place, too.'),
    validateInput: (text) =>
      text.length < shortestPassphrase
        ? vscode.l10n.t('It needs {0} characters at least.', shortestPassphrase)
        : undefined,
  });
  await askSecret(vscode.l10n.t('The Passphrase Again'), {
    validateInput: (text) => (text === passphrase ? undefined : vscode.l10n.t('It is another one.')),
  });
  return { encryption: { passphrase: true }, opening: { identities: [], passphrases: [passphrase] } };
}

async function askSecret(title: string, options: vscode.InputBoxOptions): Promise<string> {
  return chosen(await vscode.window.showInputBox({ ...options, title, password: true, ignoreFocusOut: true }));
}

function split(text: string): string[] {
  return text.split(/[\s,]+/).filter((each) => each !== '');
}
