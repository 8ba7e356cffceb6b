import * as path from 'node:path';
import * as vscode from 'vscode';
import { readBackupName } from '../../core/backup/backupName';
import type { VolumeImage } from '../../core/backup/destination';
import { readBackupManifest } from '../../core/backup/backupFile';
import type { BackupManifest } from '../../core/backup/backupManifest';
import { importBackup as importIt, importToNewVolume, type ImportSource } from '../../core/operations';
import { isFailure } from '../../core/failure';
import type { Loss } from '../../core/entry';
import type { SnapshotEntry, VolumeSpec } from '../../core/snapshotEntry';
import type { TimingRecord } from '../../core/timings/record';
import { chosen, signalOf } from '../../ui/cancellation';
import { confirm } from '../../ui/confirm';
import type { Operations } from '../../ui/operation';
import { forQuickPick } from '../../ui/plainText';
import { format } from '../../ui/words';
import type { EngineConnection } from '../connection/engineConnection';
import { containersToStop } from '../snapshots/containersToStop';
import { leftOutWords, restoreAndOfferUndo, stopWords } from '../snapshots/restore';
import { askNewName, composeWords } from '../snapshots/restoreToNewVolume';
import { nodeOf, pick, type Targets } from '../volumes/targets';
import { defaultFolder } from './defaultFolder';
import type { Backups } from './backUp';
import { placeOf, type Place } from './place';
import { backupFor } from './targets';
import { unlocked } from './unlock';
import type { Destinations } from './destinations';

/** A backup that somebody has chosen, or what else a volume can be made of. */
interface Chosen {
  source: ImportSource;
  /** What it is called. */
  name: string;
  /** Whose data it is; of such a tar, what its name makes of that. */
  volume: VolumeSpec;
  /** What it is, in words. */
  about: string;
  /** What is not in it, as far as it says. */
  losses?: readonly Loss[];
  /** Where it is kept, when that is set up: for the timing record. */
  destination?: TimingRecord['destination'];
}

/**
 * Restores a backup: it becomes a snapshot, which is restored like any other one. To the volume the command was started
 * on; else to a new one, or to one that is chosen.
 */
export async function importBackup(
  argument: unknown,
  { destinations, targets, operations }: Backups,
  connection: EngineConnection,
): Promise<void> {
  const node = await nodeOf(argument, targets);
  const started = node?.kind === 'volume' ? node.volume.name : undefined;
  await restoreFrom(await askFor(destinations), started, targets, operations, connection);
}

/** The same of a folder of this machine, which proves nothing: this is said before. `given`: it was chosen already. */
export async function importFolder(
  argument: unknown,
  { targets, operations }: Backups,
  connection: EngineConnection,
  given?: string,
): Promise<void> {
  const node = await nodeOf(argument, targets);
  const started = node?.kind === 'volume' ? node.volume.name : undefined;
  await restoreFrom(await askForFolder(given), started, targets, operations, connection);
}

/** Restores a backup that is kept at a destination, to a new volume or to one that is chosen. */
export async function restoreBackup(
  argument: unknown,
  { destinations, tree, targets, operations }: Backups,
  connection: EngineConnection,
): Promise<void> {
  const { config, file } = await backupFor(argument, destinations, tree, { images: true });
  const place = { destination: await destinations.open(config), file: file.name };
  const backup = file.image ? await asImage(place, file.image) : await withManifest(place);
  const kept = { ...backup, destination: { name: config.name, type: config.type } };
  await restoreFrom(kept, undefined, targets, operations, connection);
}

async function restoreFrom(
  backup: Chosen,
  started: string | undefined,
  targets: Targets,
  operations: Operations,
  connection: EngineConnection,
): Promise<void> {
  const volume = started ?? (await askTarget(backup, targets));
  if (volume === undefined) await toNewVolume(backup, targets, operations);
  else await toVolume(volume, backup, targets, operations, connection);
}

async function askFor(destinations: Destinations): Promise<Chosen> {
  const [uri] = chosen(
    await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Restore from Backup File'),
      openLabel: vscode.l10n.t('Restore…'),
      defaultUri: defaultFolder(),
      filters: {
        [vscode.l10n.t('Backups and archives of volumes')]: ['zst', 'age', 'tar', 'gz', 'tgz', 'bz2', 'xz', 'txz'],
        [vscode.l10n.t('All files')]: ['*'],
      },
    }),
  );
  const place = placeOf(uri!.fsPath, { opening: await destinations.allOpening() });
  try {
    return await withManifest(place);
  } catch (error) {
    if (!isFailure(error, 'backupWithoutProof')) throw error;
    return await asForeign(place);
  }
}

async function askForFolder(given: string | undefined): Promise<Chosen> {
  const folder = given ?? (await chooseFolder());
  const name = path.basename(folder) || folder;
  await confirm(
    vscode.l10n.t('Restore what is in the folder “{0}”?', name),
    [
      process.platform === 'win32'
        ? vscode.l10n.t('Windows knows neither owners nor modes: all of it belongs to root, and everybody may read it.')
        : vscode.l10n.t(
            'Owners, modes and times are as on this machine, hard links stay; extended attributes and ACLs are not read.',
          ),
      vscode.l10n.t('A folder has no proof that it is whole. What is written to it meanwhile ends the restore.'),
    ],
    vscode.l10n.t('Continue'),
  );
  return { source: { folder }, name, volume: unknownVolume(volumeNameOf(name)), about: folder };
}

async function chooseFolder(): Promise<string> {
  const [uri] = chosen(
    await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Restore from Folder'),
      openLabel: vscode.l10n.t('Restore…'),
      defaultUri: defaultFolder(),
      canSelectFiles: false,
      canSelectFolders: true,
    }),
  );
  return uri!.fsPath;
}

/** Nothing shows that it is whole but that it ends as an archive does, so that this is said before. */
async function asForeign({ destination, file }: Place): Promise<Chosen> {
  const isNamedLikeOurs = readBackupName(file) !== undefined;
  await confirm(
    vscode.l10n.t('“{0}” is no backup of this extension. Restore it as an archive of something else?', file),
    [
      ...(isNamedLikeOurs
        ? [vscode.l10n.t('It has the name of a backup: it may be one that was cut off. Look for another one first.')]
        : []),
      vscode.l10n.t(
        'Archives of Docker Desktop, of vackup, and any other tar can be read: .tar, .tar.gz, .tar.bz2, .tar.xz, .tar.zst. They have no proof that they are whole and as they were.',
      ),
    ],
    vscode.l10n.t('Continue'),
  );
  const volume = unknownVolume(volumeNameOf(file));
  return { source: { destination, file, isForeign: true }, name: file, volume, about: file };
}

async function asImage({ destination, file }: Place, { volume, folder: within }: VolumeImage): Promise<Chosen> {
  await confirm(
    vscode.l10n.t('“{0}” is an image that Docker Desktop has made of a volume. Restore it?', file),
    [vscode.l10n.t('It has no proof that it is whole and as it was.')],
    vscode.l10n.t('Continue'),
  );
  const source = { destination, file, isForeign: true, within };
  return { source, name: file, volume: unknownVolume(volumeNameOf(volume)), about: file };
}

function unknownVolume(name: string): VolumeSpec {
  return { name, createdAt: '', driver: 'local', labels: {}, options: {} };
}

/** `db.tar.gz` → `db` */
function volumeNameOf(file: string): string {
  const stem = file.replace(/(\.(tar|gz|tgz|bz2|tbz2?|xz|txz|zst|tzst))+$/i, '');
  return stem.replace(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'volume';
}

/** Nothing is asked before it is known what it is. */
async function withManifest(place: Place): Promise<Chosen> {
  const { destination, file } = await unlocked(place);
  const title = vscode.l10n.t('Looking at the backup');
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const manifest = await vscode.window.withProgress(options, (_, token) =>
    readBackupManifest(destination, file, signalOf(token)),
  );
  const { volume, losses } = manifest.snapshot;
  return { source: { destination, file }, name: file, volume, about: aboutWords(manifest), losses };
}

/** An existing volume, the one it was made of first, or undefined for a new one, which comes before all: nothing is replaced by it. */
async function askTarget({ volume: { name }, about }: Chosen, targets: Targets): Promise<string | undefined> {
  const volumes = (await targets.nodes()).flatMap((node) => (node.kind === 'volume' ? [node.volume.name] : []));
  const ownFirst = [...volumes.filter((each) => each === name), ...volumes.filter((each) => each !== name)];
  return pick<string | undefined>(
    [undefined, ...ownFirst],
    (volume) => ({
      label: volume === undefined ? vscode.l10n.t('To a new volume…') : forQuickPick(volume),
      description: volume === undefined ? forQuickPick(about) : '',
    }),
    vscode.l10n.t('Where is the backup restored to?'),
    '',
  );
}

async function toNewVolume(
  { source, name: from, volume, destination }: Chosen,
  targets: Targets,
  operations: Operations,
): Promise<void> {
  const name = await askNewName({ volume }, targets);
  await operations.run({
    kind: 'import',
    volume: name,
    destination,
    title: vscode.l10n.t('Restore of a backup to {0}', name),
    work: (host, run) => importToNewVolume(host, { ...source, name, note: noteOf(from) }, run),
    completion: ({ snapshot }, { totalMs }) => ({
      text: [
        vscode.l10n.t('{0} restored to the new volume {1} in {2}.', from, name, format.duration(totalMs)),
        ...composeWords({ volume }, name),
      ].join(' '),
      losses: snapshot.losses,
    }),
  });
}

async function toVolume(
  volume: string,
  { source, name: from, about, losses = [], destination }: Chosen,
  targets: Targets,
  operations: Operations,
  connection: EngineConnection,
): Promise<void> {
  const stopped = await containersToStop([volume], connection);
  await confirm(
    'folder' in source
      ? vscode.l10n.t('Restore “{0}” from the folder “{1}”?', volume, from)
      : vscode.l10n.t('Restore “{0}” from the backup “{1}”?', volume, from),
    [about, ...leftOutWords(losses), ...stopWords(stopped)],
    vscode.l10n.t('Restore'),
  );
  const snapshot = await operations.run<SnapshotEntry>({
    kind: 'import',
    volume,
    destination,
    title: vscode.l10n.t('Reading of a backup for {0}', volume),
    work: (host, run) => importIt(host, { ...source, volume, note: noteOf(from) }, run),
  });
  if (snapshot) await restoreAndOfferUndo(targets, operations, { name: volume, snapshots: [snapshot] });
}

/** Which data it is, whatever the file is called. */
function aboutWords({ snapshot }: BackupManifest): string {
  const { volume, time, totalBytes, note } = snapshot;
  const what = vscode.l10n.t('“{0}” of {1}, {2}', volume.name, format.time(new Date(time)), format.bytes(totalBytes));
  return note ? `${what}: ${note}` : what;
}

function noteOf(file: string): string {
  return vscode.l10n.t('from {0}', file);
}
