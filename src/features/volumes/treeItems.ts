import * as vscode from 'vscode';
import { escapeUnprintable } from '../../core/bytes';
import { folderOf } from '../../core/folderVolumes';
import { replacedName } from '../../core/persist/replacedNames';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import { consistencyWords, containerStateWords, format } from '../../ui/words';
import { trashedUntil } from './trash';
import { momentWords } from './momentWords';
import { purposeWords } from './purposeWords';
import { standbyWords } from './standbyWords';
import {
  isGone,
  type ContainerNode,
  type GroupNode,
  type Node,
  type RemovedVolumeNode,
  type SnapshotNode,
  type VolumeNode,
} from './model';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
const running = new vscode.ThemeColor('testing.iconPassed');
const warning = new vscode.ThemeColor('list.warningForeground');

/** A node in words and icons, without its tooltip, which is made when it is asked for. */
export function treeItemOf(node: Node): vscode.TreeItem {
  const item = itemOf(node);
  item.id = node.id;
  const label = typeof item.label === 'string' ? item.label : '';
  const description = typeof item.description === 'string' ? item.description : '';
  item.accessibilityInformation = {
    label: [`${roleOf(node)} ${label}`.trim(), description].filter(Boolean).join(', '),
  };
  return item;
}

function itemOf(node: Node): vscode.TreeItem {
  switch (node.kind) {
    case 'group':
      return groupItem(node);
    case 'volume':
      return volumeItem(node);
    case 'removedVolume':
      return removedVolumeItem(node);
    case 'snapshot':
      return snapshotItem(node);
    case 'container':
      return containerItem(node);
  }
}

function groupItem(node: GroupNode): vscode.TreeItem {
  const { project, children, undo } = node;
  const gone = isGone(node);
  const label = project === undefined ? vscode.l10n.t('Removed volumes') : escapeUnprintable(project);
  const item = new vscode.TreeItem(label, gone ? Collapsed : Expanded);
  item.iconPath = new vscode.ThemeIcon(gone ? 'archive' : 'folder');
  if (project === undefined) {
    item.contextValue = 'removedVolumes';
    item.description = format.count(children.length);
  } else {
    item.contextValue = gone ? 'removedProject' : undo ? 'project-undo' : 'project';
    if (gone) item.description = vscode.l10n.t('removed · volumes: {0}', format.count(children.length));
  }
  return item;
}

function volumeItem({ volume, use, users, snapshots, undo, syncedFrom, standby, size }: VolumeNode): vscode.TreeItem {
  const item = new vscode.TreeItem(
    escapeUnprintable(volume.name),
    snapshots.length + users.length > 0 ? Collapsed : None,
  );
  const folder = folderOf(volume);
  item.contextValue = [
    'volume',
    ...(syncedFrom ? ['synced'] : []),
    ...(standby ? [standby.active === 'here' ? 'standby' : 'failedOver'] : []),
    ...(undo ? ['undo'] : []),
  ].join('-');
  item.iconPath = {
    running: new vscode.ThemeIcon('database', running),
    stopped: new vscode.ThemeIcon('database'),
    unused: new vscode.ThemeIcon('circle-outline'),
  }[use];
  item.description = [
    ...(size ? [format.bytes(size.bytes)] : []),
    ...(volume.driver === 'local' ? [] : [escapeUnprintable(volume.driver)]),
    ...(folder === undefined ? [] : [escapeUnprintable(folder)]),
    ...(undo ? [vscode.l10n.t('restored')] : []),
    ...(standby ? [escapeUnprintable(standbyWords(standby, (time) => format.age(time, new Date())))] : []),
    useWords(use, users),
  ].join(' · ');
  return item;
}

function useWords(use: VolumeNode['use'], users: readonly ContainerNode[]): string {
  const namesOf = (wanted: readonly ContainerNode[]) =>
    format.list(wanted.map(({ container }) => escapeUnprintable(container.name)));
  if (use === 'unused') return vscode.l10n.t('unused');
  if (use === 'stopped') return vscode.l10n.t('{0} (stopped)', namesOf(users));
  return namesOf(users.filter((user) => user.running));
}

function removedVolumeItem({ name, snapshots }: RemovedVolumeNode): vscode.TreeItem {
  const item = new vscode.TreeItem(escapeUnprintable(name), Collapsed);
  item.contextValue = 'removedVolume';
  item.iconPath = new vscode.ThemeIcon('circle-slash');
  const until = trashedUntil(snapshots[0]?.entry);
  item.description = until
    ? vscode.l10n.t('removed · can be brought back until {0}', format.time(until))
    : vscode.l10n.t('removed · snapshots: {0}', format.count(snapshots.length));
  return item;
}

function snapshotItem({ entry, volume, undoes, missing }: SnapshotNode): vscode.TreeItem {
  const item = new vscode.TreeItem(format.age(new Date(entry.time), new Date()), None);
  item.contextValue = volume ? 'snapshot' : 'snapshotOfRemoved';
  item.iconPath = snapshotIcon(entry);
  item.description = [
    ...(undoes ? [vscode.l10n.t('Undo Restore brings this back')] : purposeWords(entry)),
    ...(entry.note ? [escapeUnprintable(entry.note)] : []),
    ...momentWords(entry, missing),
    `+${format.bytes(entry.addedBytes)}`,
    ...(entry.users.length > 0 ? [consistencyWords[entry.consistency]] : []),
  ].join(' · ');
  return item;
}

/** That a snapshot may hold files of different moments is seen also where a long note hides the words. */
function snapshotIcon({ kind, purpose, consistency, users }: SnapshotEntry): vscode.ThemeIcon {
  if (consistency === 'live' && users.length > 0) return new vscode.ThemeIcon('warning', warning);
  if (purpose === 'source') return new vscode.ThemeIcon('copy');
  return new vscode.ThemeIcon(kind === 'safety' ? 'shield' : 'device-camera');
}

function containerItem({ container, running: isRunning, mounts, through, gives }: ContainerNode): vscode.TreeItem {
  const item = new vscode.TreeItem(escapeUnprintable(container.name), None);
  item.contextValue = replacedName(container.name) === undefined ? 'container' : 'replacedContainer';
  item.iconPath = isRunning
    ? new vscode.ThemeIcon(container.state === 'paused' ? 'debug-pause' : 'vm-running', running)
    : new vscode.ThemeIcon('vm-outline');
  item.description = [
    containerStateWords[container.state],
    ...mounts.map((mount) => {
      const path = escapeUnprintable(mount.destination);
      return mount.readOnly ? vscode.l10n.t('{0} (read-only)', path) : path;
    }),
    ...(through ? [vscode.l10n.t('through {0}', format.list(through.map(escapeUnprintable)))] : []),
    ...(gives ? [vscode.l10n.t('holds it for {0}', format.list(gives.map(escapeUnprintable)))] : []),
  ].join(' · ');
  return item;
}

function roleOf(node: Node): string {
  switch (node.kind) {
    case 'group':
      return node.project === undefined ? '' : vscode.l10n.t('Compose project');
    case 'volume':
    case 'removedVolume':
      return vscode.l10n.t('Volume');
    case 'snapshot':
      return node.entry.kind === 'safety' ? vscode.l10n.t('Safety snapshot') : vscode.l10n.t('Snapshot');
    case 'container':
      return vscode.l10n.t('Container');
  }
}
