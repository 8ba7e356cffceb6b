import * as path from 'node:path';
import * as vscode from 'vscode';
import { only } from '../../core/only';
import { addressOf, type DestinationConfig } from '../../core/backup/destinationConfig';
import { Cancelled } from '../../core/failure';
import { checkDestination } from '../../core/operations';
import { chosen, signalOf } from '../../ui/cancellation';
import { confirm } from '../../ui/confirm';
import { forNotification } from '../../ui/plainText';
import { presentError } from '../../ui/presentError';
import { askEncryption } from './askEncryption';
import { askObjectStorage } from './askObjectStorage';
import { askRemote } from './askRemote';
import { askRepository, confirmPublicity } from './askRepository';
import { defaultFolder } from './defaultFolder';
import type { Destinations, Keys, Secrets } from './destinations';

/** What people say of a destination; a name and the encryption come last. */
export interface Described extends Secrets {
  config: DestinationConfig;
}

/** Asks for a new destination, and tries it before it is kept. */
export async function addDestination(destinations: Destinations, log: vscode.LogOutputChannel): Promise<void> {
  const { type } = chosen(await vscode.window.showQuickPick(types(), { placeHolder: vscode.l10n.t('Where to?') }));
  await save(await ask(type, destinations), destinations, log);
}

/** Asks for all of it again, beginning with what it is. */
export async function editDestination(
  config: DestinationConfig,
  destinations: Destinations,
  log: vscode.LogOutputChannel,
): Promise<void> {
  await save(await ask(config.type, destinations, config), destinations, log, config.name);
}

/** Whether backups can be written there, found, read and removed. */
export async function testDestination(
  config: DestinationConfig,
  destinations: Destinations,
  log: vscode.LogOutputChannel,
): Promise<void> {
  await confirmPublicity(config);
  if (!(await works(config, destinations, log))) return;
  void vscode.window.showInformationMessage(
    forNotification(vscode.l10n.t('“{0}” works: a file was written, found, read and removed.', config.name)),
  );
}

export async function removeDestination(config: DestinationConfig, destinations: Destinations): Promise<void> {
  const { identities, passphrases } = await destinations.openingOf(config.name);
  const details = [
    vscode.l10n.t('Its backups stay where they are: {0}', addressOf(config)),
    ...(identities.length + passphrases.length > 0
      ? [vscode.l10n.t('What opens those that are encrypted is forgotten here. Look that you have a copy of it.')]
      : []),
  ];
  await confirm(vscode.l10n.t('Remove the destination “{0}”?', config.name), details, vscode.l10n.t('Remove'));
  await destinations.remove(config.name);
}

function types(): (vscode.QuickPickItem & { type: DestinationConfig['type'] })[] {
  return [
    {
      type: 'folder',
      label: vscode.l10n.t('$(folder) Folder'),
      description: vscode.l10n.t('on this machine, a network drive or a USB disk'),
    },
    {
      type: 's3',
      label: vscode.l10n.t('$(cloud) Object storage'),
      description: vscode.l10n.t('Amazon S3 or compatible: MinIO, Ceph, R2, B2, …'),
    },
    {
      type: 'rclone',
      label: vscode.l10n.t('$(remote) rclone remote'),
      description: vscode.l10n.t('any of your own rclone configuration: SFTP, WebDAV, Google Drive, …'),
    },
    {
      type: 'registry',
      label: vscode.l10n.t('$(package) Registry of images'),
      description: vscode.l10n.t('a private repository, with the login of your Docker tools'),
    },
  ];
}

async function ask(
  type: DestinationConfig['type'],
  destinations: Destinations,
  now?: DestinationConfig,
): Promise<Described> {
  const described = await askPlace(type, destinations, now);
  const name = await askName(described.config, destinations, now);
  const { encryption, opening } = await askEncryption(now?.encryption);
  const asNow = now ? only(now, ['keep', 'level', 'exclude']) : {};
  const config = { ...described.config, name, ...asNow, ...(encryption && { encryption }) };
  return { ...described, config, ...(opening && { opening }) };
}

async function askPlace(
  type: DestinationConfig['type'],
  destinations: Destinations,
  now?: DestinationConfig,
): Promise<Described> {
  switch (type) {
    case 'folder':
      return { config: await askFolder(now) };
    case 's3':
      return askObjectStorage(now, now && (await destinations.keysOf(now.name)));
    case 'rclone':
      return { config: await askRemote(now) };
    case 'registry':
      return { config: await askRepository(now) };
  }
}

async function askFolder(now: DestinationConfig | undefined): Promise<DestinationConfig> {
  const options = {
    title: vscode.l10n.t('Folder for Backups'),
    openLabel: vscode.l10n.t('Choose'),
    canSelectFiles: false,
    canSelectFolders: true,
    defaultUri: now?.type === 'folder' ? vscode.Uri.file(now.path) : defaultFolder(),
  };
  const [folder] = chosen(await vscode.window.showOpenDialog(options));
  return { name: path.basename(folder!.fsPath), type: 'folder', path: folder!.fsPath };
}

/** `suggested.name` is what its place is called. */
async function askName(
  suggested: DestinationConfig,
  destinations: Destinations,
  now?: DestinationConfig,
): Promise<string> {
  const others = destinations.list().filter(({ name }) => name !== now?.name);
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Name of the Destination'),
    prompt: addressOf(suggested),
    value: now?.name ?? suggested.name,
    validateInput: (text) => {
      if (text.trim() === '') return vscode.l10n.t('A name is needed.');
      if (others.some((other) => other.name === text.trim())) return vscode.l10n.t('Another one is called so.');
      return undefined;
    },
  });
  return chosen(name).trim();
}

/** One that does not work is kept only by somebody who says so: it may be out of reach just now. */
async function save(
  { config, ...secrets }: Described,
  destinations: Destinations,
  log: vscode.LogOutputChannel,
  replaced?: string,
): Promise<void> {
  await confirmPublicity(config);
  if (!(await works(config, destinations, log, { keys: secrets.keys }))) {
    const question = vscode.l10n.t('“{0}” does not work now. Keep it all the same?', config.name);
    await confirm(question, [addressOf(config)], vscode.l10n.t('Keep'));
  }
  await destinations.save(config, secrets, replaced);
}

async function works(
  config: DestinationConfig,
  destinations: Destinations,
  log: vscode.LogOutputChannel,
  given?: { keys: Keys | undefined },
): Promise<boolean> {
  const title = vscode.l10n.t('Test of {0}', config.name);
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress(
    { location, title: forNotification(title), cancellable: true },
    async (_, token) => {
      try {
        // Without encryption: with public keys only, what is written could not be read here.
        const destination = await destinations.place(config, given);
        await checkDestination(destination, addressOf(config), signalOf(token));
        return true;
      } catch (error) {
        if (error instanceof Cancelled) throw error;
        presentError(error, log, title);
        return false;
      }
    },
  );
}
