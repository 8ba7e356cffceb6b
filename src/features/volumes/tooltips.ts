import * as vscode from 'vscode';
import { escapeUnprintable } from '../../core/bytes';
import { askedConsistency, consistencyLabel } from '../../core/consistency/level';
import { databaseNames, nameOf } from '../../core/database';
import type { Volume } from '../../core/engine';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import { settings } from '../../ui/settings';
import { consistencyWords, containerStateWords, fileCount, format, lossWords } from '../../ui/words';
import { purposeWords } from './purposeWords';
import { trashedUntil } from './trash';
import { isGone, type GroupNode, type Node, type SnapshotNode, type VolumeNode } from './model';

/** A row of a tooltip: in our words what it is, and its value, which may be somebody else's words. */
type Row = [name: string, value: string];

/** Names and notes are other people's text: appended as text, in Markdown that may neither run commands nor hold HTML. */
export function tooltipOf(node: Node): vscode.MarkdownString | undefined {
  const rows = rowsOf(node);
  if (rows.length === 0) return undefined;
  const tooltip = new vscode.MarkdownString();
  tooltip.isTrusted = false;
  tooltip.supportHtml = false;
  rows.forEach(([name, value], index) => {
    if (index > 0) tooltip.appendMarkdown('  \n');
    tooltip.appendMarkdown(value === '' ? name : `${name}: `);
    tooltip.appendText(escapeUnprintable(value));
  });
  return tooltip;
}

function rowsOf(node: Node): Row[] {
  switch (node.kind) {
    case 'group':
      return [...goneRows(node), ...undoRows(node.undo)];
    case 'volume':
      return volumeRows(node);
    case 'removedVolume':
      return [
        [vscode.l10n.t('Volume'), node.name],
        [vscode.l10n.t('This volume is gone from the engine. Its snapshots can be restored to a new volume.'), ''],
        ...trashRows(node.snapshots[0]?.entry),
      ];
    case 'snapshot':
      return snapshotRows(node);
    case 'container':
      return [
        [vscode.l10n.t('Container'), node.container.name],
        [vscode.l10n.t('Image'), node.container.image],
        [vscode.l10n.t('State'), containerStateWords[node.container.state]],
      ];
  }
}

function trashRows(entry: SnapshotEntry | undefined): Row[] {
  const until = trashedUntil(entry);
  return until
    ? [[vscode.l10n.t('Bring Back makes it anew with labels, driver and options, until'), format.time(until)]]
    : [];
}

function goneRows(node: GroupNode): Row[] {
  if (node.project === undefined || !isGone(node)) return [];
  return [
    [vscode.l10n.t('All volumes of this project are gone. “Restore Project…” makes them anew from its snapshots.'), ''],
  ];
}

/** Options and labels are left out: options may hold credentials of a network share. */
function volumeRows({ volume, users, snapshots, undo, syncedFrom, size }: VolumeNode): Row[] {
  const created = new Date(volume.made ?? NaN);
  return [
    [vscode.l10n.t('Volume'), volume.name],
    [vscode.l10n.t('Driver'), volume.driver],
    ...(Number.isNaN(created.getTime()) ? [] : [[vscode.l10n.t('Created'), format.time(created)] satisfies Row]),
    [vscode.l10n.t('Folder on the engine'), volume.mountpoint],
    [vscode.l10n.t('Used by'), format.list(users.map(({ container }) => container.name)) || vscode.l10n.t('nobody')],
    [vscode.l10n.t('Snapshots'), format.count(snapshots.length)],
    ...undoRows(undo),
    ...copyRows(syncedFrom),
    ...consistencyRows(volume),
    ...(size
      ? [
          [
            vscode.l10n.t('Size'),
            vscode.l10n.t('{0} in {1}', format.bytes(size.bytes), fileCount(size.files)),
          ] satisfies Row,
        ]
      : []),
  ];
}

function copyRows(from: VolumeNode['syncedFrom']): Row[] {
  if (!from) return [];
  const time = format.time(new Date(from.time));
  return [[vscode.l10n.t('Copy of'), vscode.l10n.t('{0}, as of {1}', from.volume, time)]];
}

/** What is lost by it is not: that is kept, too. */
function undoRows(undo: readonly SnapshotEntry[] | undefined): Row[] {
  if (!undo) return [];
  const time = format.time(new Date(undo[0]!.time));
  const names = format.list(undo.map(({ volume }) => volume.name));
  return [
    [
      vscode.l10n.t('Undo Restore brings back'),
      undo.length > 1 ? vscode.l10n.t('{0}, as of {1}', names, time) : vscode.l10n.t('what was there at {0}', time),
    ],
  ];
}

/** Only what the volume itself says; the setting is the same for all. */
function consistencyRows({ labels }: Volume): Row[] {
  const label = labels[consistencyLabel];
  if (label === undefined) return [];
  const { consistency, invalid } = askedConsistency(labels, { usual: settings.consistency() });
  return [
    [vscode.l10n.t('Consistency of snapshots'), consistencyWords[consistency]],
    ...(invalid === undefined
      ? []
      : [[vscode.l10n.t('Not understood'), `${consistencyLabel}=${invalid}`] satisfies Row]),
  ];
}

function snapshotRows({ entry, undoes, missing }: SnapshotNode): Row[] {
  const origin: Row[] = [
    ...purposeWords(entry).map((words): Row => [vscode.l10n.t('Taken by itself'), words]),
    ...(undoes ? [[vscode.l10n.t('Undo Restore brings this back'), ''] satisfies Row] : []),
    ...(entry.note ? [[vscode.l10n.t('Note'), entry.note] satisfies Row] : []),
    ...groupRows(entry, missing),
  ];
  return [
    [vscode.l10n.t('Snapshot of'), entry.volume.name],
    [vscode.l10n.t('Taken'), format.time(new Date(entry.time))],
    ...origin,
    [
      vscode.l10n.t('Content'),
      vscode.l10n.t(
        '{0} in {1}, of which {2} were new',
        format.bytes(entry.totalBytes),
        fileCount(entry.files),
        format.bytes(entry.addedBytes),
      ),
    ],
    [vscode.l10n.t('Consistency'), snapshotConsistency(entry)],
    ...(entry.asked ? [[vscode.l10n.t('Asked for'), consistencyWords[entry.asked]] satisfies Row] : []),
    ...imageRows(entry),
    ...(entry.databases ?? []).map((database): Row => [vscode.l10n.t('Database'), nameOf(database)]),
    ...(entry.frozenMs > 0 ? [[vscode.l10n.t('Frozen for'), format.duration(entry.frozenMs)] satisfies Row] : []),
    ...(entry.git
      ? [[vscode.l10n.t('Git'), `${entry.git.branch} ${entry.git.commit.slice(0, 10)}`] satisfies Row]
      : []),
    ...entry.losses.map((loss): Row => [vscode.l10n.t('Loss'), lossWords(loss)]),
  ];
}

/** Of a moment that is not whole any more, or never was, it is to be seen that a whole project cannot be restored to it. */
function groupRows({ volume, group }: SnapshotEntry, missing: readonly string[] | undefined): Row[] {
  const others = group?.volumes.filter((name) => name !== volume.name) ?? [];
  if (others.length === 0) return [];
  return [
    ...(group?.project === undefined ? [] : [[vscode.l10n.t('Compose project'), group.project] satisfies Row]),
    [vscode.l10n.t('Taken together with'), format.list(others)],
    ...(missing
      ? [
          [
            vscode.l10n.t('Missing of these'),
            vscode.l10n.t('{0}; it can be restored to its own volume only', format.list(missing)),
          ] satisfies Row,
        ]
      : []),
  ];
}

/** `application (db: PostgreSQL, web)` */
function snapshotConsistency({ users, consistency }: SnapshotEntry): string {
  if (users.length === 0) return vscode.l10n.t('not in use');
  const names = users.map(({ name, hooks }) =>
    hooks === undefined ? name : `${name}: ${hooks === 'labels' ? vscode.l10n.t('labels') : databaseNames[hooks]}`,
  );
  return `${consistencyWords[consistency]} (${format.list(names)})`;
}

function imageRows({ users }: SnapshotEntry): Row[] {
  const images = [...new Set(users.map(({ image }) => image))];
  return images.length > 0 ? [[vscode.l10n.t('Image'), format.list(images)]] : [];
}
