import * as vscode from 'vscode';
import { readBackupName } from '../../core/backup/backupName';
import { readBackupManifest } from '../../core/backup/backupFile';
import type { BackupManifest } from '../../core/backup/backupManifest';
import { importBackup as importIt, importToNewVolume } from '../../core/operations';
import { isFailure } from '../../core/failure';
import type { SnapshotEntry, VolumeSpec } from '../../core/snapshotEntry';
import { chosen, signalOf } from '../../ui/cancellation';
import { confirm } from '../../ui/confirm';
import type { Operations } from '../../ui/operation';
import { forQuickPick } from '../../ui/plainText';
import { format } from '../../ui/words';
import type { EngineConnection } from '../connection/engineConnection';
import { containersToStop } from '../snapshots/containersToStop';
import { restoreAndOfferUndo, stopWords } from '../snapshots/restore';
import { askNewName, composeWords } from '../snapshots/restoreToNewVolume';
import { nodeOf, pick, type Targets } from '../volumes/targets';
import { defaultFolder } from './defaultFolder';
import type { Backups } from './backUp';
import { placeOf, type Place } from './place';
import { backupFor } from './targets';
import { unlocked } from './unlock';
import type { Destinations } from './destinations';

/** A backup that somebody has chosen. */
interface Chosen extends Place {
  /** What it says of itself; a tar that something else made says nothing. */
  manifest?: BackupManifest;
  /** Whose data it is; of such a tar, what its name makes of that. */
  volume: VolumeSpec;
  /** What it is, in words. */
  about: string;
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

/** Restores a backup that is kept at a destination, to a new volume or to one that is chosen. */
export async function restoreBackup(
  argument: unknown,
  { destinations, tree, targets, operations }: Backups,
  connection: EngineConnection,
): Promise<void> {
  const { config, file } = await backupFor(argument, destinations, tree);
  const place = { destination: await destinations.open(config), file: file.name };
  await restoreFrom(await withManifest(place), undefined, targets, operations, connection);
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
  const name = volumeNameOf(file);
  return { destination, file, volume: { name, createdAt: '', driver: 'local', labels: {}, options: {} }, about: file };
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
  return { destination, file, manifest, volume: manifest.snapshot.volume, about: aboutWords(manifest) };
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
  { destination, file, manifest, volume }: Chosen,
  targets: Targets,
  operations: Operations,
): Promise<void> {
  const name = await askNewName({ volume }, targets);
  const isForeign = manifest === undefined;
  await operations.run({
    kind: 'import',
    volume: name,
    title: vscode.l10n.t('Restore of a backup to {0}', name),
    work: (host, run) => importToNewVolume(host, { destination, file, isForeign, name, note: noteOf(file) }, run),
    completion: ({ snapshot }, { totalMs }) => ({
      text: [
        vscode.l10n.t('{0} restored to the new volume {1} in {2}.', file, name, format.duration(totalMs)),
        ...composeWords({ volume }, name),
      ].join(' '),
      losses: snapshot.losses,
    }),
  });
}

async function toVolume(
  volume: string,
  { destination, file, manifest, about }: Chosen,
  targets: Targets,
  operations: Operations,
  connection: EngineConnection,
): Promise<void> {
  const stopped = await containersToStop([volume], connection);
  await confirm(
    vscode.l10n.t('Restore “{0}” from the backup “{1}”?', volume, file),
    [about, ...stopWords(stopped)],
    vscode.l10n.t('Restore'),
  );
  const snapshot = await operations.run<SnapshotEntry>({
    kind: 'import',
    volume,
    title: vscode.l10n.t('Reading of a backup for {0}', volume),
    work: (host, run) =>
      importIt(host, { destination, file, isForeign: manifest === undefined, volume, note: noteOf(file) }, run),
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
