import * as vscode from 'vscode';
import type { DestinationConfig } from '../../core/backup/destinationConfig';
import { readRepository } from '../../core/backup/repositoryAddress';
import { isFailure } from '../../core/failure';
import { publicityOf, type Publicity } from '../../destinations/registry/publicity';
import { chosen, signalOf } from '../../ui/cancellation';
import { confirm } from '../../ui/confirm';
import { forNotification } from '../../ui/plainText';

/** Asks for a repository; who we are there, the user's Docker tools know. */
export async function askRepository(now: DestinationConfig | undefined): Promise<DestinationConfig> {
  const repository = await vscode.window.showInputBox({
    title: vscode.l10n.t('Repository for Backups'),
    prompt: vscode.l10n.t('One that is private and for backups only. Log in to it with docker login first.'),
    placeHolder: 'registry.example.com/team/backups',
    value: now?.type === 'registry' ? now.repository : '',
    ignoreFocusOut: true,
    validateInput: (text) =>
      readRepository(text.trim())
        ? undefined
        : vscode.l10n.t('As for docker push, in lower case, without a tag and without a password: host/name.'),
  });
  const said = chosen(repository).trim();
  return { name: said.split('/').at(-1)!, type: 'registry', repository: said };
}

/** Looks whether others can read what is there, before anything is; rejects with `Cancelled` unless that is wanted. */
export async function confirmPublicity(config: DestinationConfig): Promise<void> {
  if (config.type !== 'registry') return;
  const { repository, encryption } = config;
  const said = await look(config.name, repository);
  if (said === undefined || said === 'private') return;
  await confirm(
    vscode.l10n.t('Backups in “{0}” may be public.', repository),
    [
      publicityWords(said),
      encryption
        ? vscode.l10n.t('They are encrypted; that they are there, their names and sizes are not.')
        : vscode.l10n.t('They are not encrypted: whoever can read them has the data, passwords in it included.'),
    ],
    vscode.l10n.t('Use It All the Same'),
  );
}

/** Undefined where it cannot be asked: then the test itself fails, and tells why. */
async function look(name: string, repository: string): Promise<Publicity | undefined> {
  const title = forNotification(vscode.l10n.t('Test of {0}', name));
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return await vscode.window.withProgress(options, async (_, token) => {
    try {
      return await publicityOf({ repository }, signalOf(token));
    } catch (error) {
      if (!isFailure(error)) throw error;
      return undefined;
    }
  });
}

function publicityWords(publicity: Exclude<Publicity, 'private'>): string {
  return publicity === 'open'
    ? vscode.l10n.t('The registry shows this repository to everybody who reaches it, without a login.')
    : vscode.l10n.t(
        'The repository is not there yet, or is not shown to you. Docker Hub makes a new one public, unless your account says otherwise: make a private one there first.',
      );
}
