import * as vscode from 'vscode';
import { displayName } from '../../core/bytes';
import type { Change, ChangeList, Changes } from '../../core/changes';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import { format } from '../../ui/words';

/** The first line of what a restore would do. */
export function restoreHeading({ volume, time }: SnapshotEntry): string {
  return vscode.l10n.t('Restore of {0} to its snapshot of {1}', volume.name, format.time(new Date(time)));
}

/** What would be done, as lines of text: each list with its totals, then its paths as a tree of indented names. */
export function changesText(heading: string, changes: Changes): string {
  const { added, changed, removed } = changes;
  const blocks = [
    heading,
    ...(isEmpty(changes) ? [vscode.l10n.t('Nothing would change.')] : []),
    ...block(vscode.l10n.t('Removed'), removed),
    ...block(vscode.l10n.t('Changed'), changed),
    ...block(vscode.l10n.t('Added'), added),
  ];
  return blocks.join('\n\n') + '\n';
}

/** `Restoring db would change: 3 added (1.2 MB), 12 changed (34 MB), 5 removed (2 MB).` */
export function wouldChange(name: string, changes: Changes): string {
  const summary = summaryOf(changes);
  if (summary === undefined) return vscode.l10n.t('Restoring {0} would change nothing.', name);
  return vscode.l10n.t('Restoring {0} would change: {1}.', name, summary);
}

/** Undefined when nothing would change. */
export function summaryOf(changes: Changes): string | undefined {
  if (isEmpty(changes)) return undefined;
  const { added, changed, removed } = changes;
  const total = ({ entries, bytes }: ChangeList) => [format.count(entries), format.bytes(bytes)] as const;
  return format.list([
    vscode.l10n.t('{0} added ({1})', ...total(added)),
    vscode.l10n.t('{0} changed ({1})', ...total(changed)),
    vscode.l10n.t('{0} removed ({1})', ...total(removed)),
  ]);
}

function isEmpty({ added, changed, removed }: Changes): boolean {
  return added.entries + changed.entries + removed.entries === 0;
}

function block(title: string, { entries, bytes, first }: ChangeList): string[] {
  if (entries === 0) return [];
  const more = entries - first.length;
  return [
    [
      `${title}: ${format.count(entries)} (${format.bytes(bytes)})`,
      ...treeLines(first),
      ...(more > 0 && first.length > 0 ? [`  ${vscode.l10n.t('… and {0} more', format.count(more))}`] : []),
    ].join('\n'),
  ];
}

/** Names below their folders, which are written where they first appear; the paths come sorted. */
function treeLines(changes: readonly Change[]): string[] {
  const lines: string[] = [];
  let open: string[] = [];
  for (const { path, type, bytes } of changes) {
    const names = path === '' ? ['.'] : path.split('/');
    const shared = commonLength(open, names.slice(0, -1));
    for (let depth = shared; depth < names.length - 1; depth++)
      lines.push(line(depth, `${displayName(names[depth]!)}/`));
    const name = displayName(names.at(-1)!) + (type === 'directory' ? '/' : '');
    lines.push(line(names.length - 1, bytes > 0 ? `${name}  ${format.bytes(bytes)}` : name));
    open = type === 'directory' ? names : names.slice(0, -1);
  }
  return lines;
}

function line(depth: number, text: string): string {
  return '  '.repeat(depth + 1) + text;
}

function commonLength(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
