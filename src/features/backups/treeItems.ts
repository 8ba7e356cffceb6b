import * as vscode from 'vscode';
import { escapeUnprintable } from '../../core/bytes';
import { addressOf, type DestinationConfig } from '../../core/backup/destinationConfig';
import { isFailure } from '../../core/failure';
import { messageOf } from '../../ui/failureMessages';
import { format } from '../../ui/words';
import type { BackedUpVolumeNode, BackupNode, BackupsNode, DestinationNode, ProblemNode } from './model';

const { Collapsed, None } = vscode.TreeItemCollapsibleState;

const icons: Record<DestinationConfig['type'], string> = {
  folder: 'folder',
  s3: 'cloud',
  rclone: 'remote',
  registry: 'package',
};

export function backupsItemOf(node: BackupsNode): vscode.TreeItem {
  const item = itemOf(node);
  item.id = node.id;
  item.contextValue = node.kind === 'backup' && node.image ? 'image' : node.kind;
  const label = typeof item.label === 'string' ? item.label : '';
  const description = typeof item.description === 'string' ? item.description : '';
  item.accessibilityInformation = {
    label: [`${roleOf(node)} ${label}`.trim(), description].filter(Boolean).join(', '),
  };
  return item;
}

function roleOf({ kind }: BackupsNode): string {
  const roles = {
    destination: vscode.l10n.t('Destination'),
    backedUpVolume: vscode.l10n.t('Volume'),
    backup: vscode.l10n.t('Backup'),
    problem: '',
  };
  return roles[kind];
}

function itemOf(node: BackupsNode): vscode.TreeItem {
  switch (node.kind) {
    case 'destination':
      return destinationItem(node);
    case 'backedUpVolume':
      return volumeItem(node);
    case 'backup':
      return backupItem(node);
    case 'problem':
      return problemItem(node);
  }
}

function destinationItem({ config }: DestinationNode): vscode.TreeItem {
  const item = new vscode.TreeItem(escapeUnprintable(config.name), Collapsed);
  item.iconPath = new vscode.ThemeIcon(icons[config.type]);
  const encrypted = config.encryption && vscode.l10n.t('encrypted');
  item.description = [escapeUnprintable(addressOf(config)), encrypted].filter(Boolean).join(' · ');
  return item;
}

function volumeItem({ volume, backups }: BackedUpVolumeNode): vscode.TreeItem {
  const item = new vscode.TreeItem(escapeUnprintable(volume), Collapsed);
  item.iconPath = new vscode.ThemeIcon('database');
  const bytes = backups.reduce((sum, { file }) => sum + file.bytes, 0);
  item.description = vscode.l10n.t(
    'backups: {0} · {1} · newest {2}',
    format.count(backups.length),
    format.bytes(bytes),
    format.age(backups[0]!.time, new Date()),
  );
  return item;
}

function backupItem(node: BackupNode): vscode.TreeItem {
  const { file, time, since, verifiedAt, isEncrypted, isBroken, image } = node;
  if (image) return imageItem(node);
  const item = new vscode.TreeItem(format.age(time, new Date()), None);
  item.iconPath = isBroken
    ? new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'))
    : new vscode.ThemeIcon(verifiedAt ? 'verified' : isEncrypted ? 'lock' : 'archive');
  const verified = verifiedAt && vscode.l10n.t('verified {0}', format.age(verifiedAt, new Date()));
  const encrypted = isEncrypted && vscode.l10n.t('encrypted');
  const partial = since && vscode.l10n.t('what has changed');
  const broken = isBroken && vscode.l10n.t('what it builds on is missing');
  const facts = [format.time(time), format.bytes(file.bytes), broken, partial, encrypted, verified];
  item.description = facts.filter(Boolean).join(' · ');
  item.tooltip = [
    escapeUnprintable(file.name),
    vscode.l10n.t('Data of {0}', format.time(time)),
    ...(since ? [vscode.l10n.t('Only what has changed since {0}: needs that backup', format.time(since))] : []),
    ...(isBroken ? [vscode.l10n.t('A backup that it builds on is not there: it cannot be restored.')] : []),
    vscode.l10n.t('Written {0}', format.time(file.modified)),
    verifiedAt ? vscode.l10n.t('Verified {0}', format.time(verifiedAt)) : vscode.l10n.t('Not verified yet'),
  ].join('\n');
  return item;
}

function imageItem({ file, time }: BackupNode): vscode.TreeItem {
  const item = new vscode.TreeItem(format.age(time, new Date()), None);
  item.iconPath = new vscode.ThemeIcon('package');
  const image = vscode.l10n.t('image of Docker Desktop, without proof');
  item.description = [format.time(time), format.bytes(file.bytes), image].join(' · ');
  item.tooltip = [
    escapeUnprintable(file.name),
    vscode.l10n.t('An image that Docker Desktop has made of a volume. Nothing shows that it is whole and as it was.'),
  ].join('\n');
  return item;
}

function problemItem({ error }: ProblemNode): vscode.TreeItem {
  const text = escapeUnprintable(isFailure(error) ? messageOf(error).text : String(error));
  const item = new vscode.TreeItem(text, None);
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.tooltip = text;
  return item;
}
