import * as vscode from 'vscode';
import { Cancelled, Failure } from '../../core/failure';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import type { Standby } from '../../core/standby/standby';
import { chosen } from '../../ui/cancellation';
import { forQuickPick } from '../../ui/plainText';
import { consistencyWords, format } from '../../ui/words';
import type { Drop, DropFiles } from './dragAndDrop';
import { momentWords } from './momentWords';
import { purposeWords } from './purposeWords';
import { isGone, type GroupNode, type Node, type RemovedVolumeNode, type SnapshotNode, type VolumeNode } from './model';

/** What the commands work on: all nodes that are known, and the ones a person has selected in the view. */
export interface Targets {
  /** Connects and loads when nothing is loaded yet. */
  nodes(): Promise<Node[]>;
  /** The Compose projects, whether the view shows them as groups or not. */
  projects(): Promise<Node[]>;
  selection(): readonly Node[];
  /** What is done when volumes are dropped on a row. */
  onDrop(drop: Drop): void;
  /** What is done when files of this machine are. */
  onDropFiles(drop: DropFiles): void;
  /** Whose volumes of the connected engine are shown with theirs. */
  showStandbys(standbys: readonly Standby[]): void;
  /** Those that are known now, without asking. */
  snapshots(): readonly SnapshotEntry[];
  /** The node under which the view shows one. */
  parentOf(node: Node): Node | undefined;
}

/**
 * What a command was started on: a node (menus, inline icons), `focused` (keys in the view), a volume's name (the button of
 * a message), or nothing (the palette).
 * Of keys: VS Code tells an extension the selection of a view but not its focus, which the arrow keys move; selecting
 * the focused item first makes them the same.
 */
export async function nodeOf(argument: unknown, targets: Targets): Promise<Node | undefined> {
  if (isVolumeNamed(argument)) return volumeNamed(argument.volumeNamed, targets);
  if (argument !== 'focused') return argument as Node | undefined;
  await vscode.commands.executeCommand('list.select');
  return targets.selection()[0];
}

function isVolumeNamed(argument: unknown): argument is { volumeNamed: string } {
  return typeof argument === 'object' && argument !== null && 'volumeNamed' in argument;
}

/** Rejects when it is gone: a question about all volumes is not what was asked for. */
async function volumeNamed(name: string, targets: Targets): Promise<VolumeNode> {
  const nodes = await targets.nodes();
  const found = nodes.find((node): node is VolumeNode => node.kind === 'volume' && node.volume.name === name);
  if (!found) throw new Failure('volumeNotFound', { volume: name });
  return found;
}

/** The volume a command is for; asks when it was started without one. Rejects with `Cancelled` when nothing is chosen. */
export async function volumeFor(argument: unknown, targets: Targets): Promise<VolumeNode> {
  const node = await nodeOf(argument, targets);
  const around = node && volumeAround(node, targets);
  if (around) return around;
  // A key on a row that belongs to no one volume means nothing.
  if (argument === 'focused') throw new Cancelled();
  const volumes = (await targets.nodes()).filter((each) => each.kind === 'volume');
  return pick(
    volumes,
    (each) => ({ label: forQuickPick(each.volume.name), description: userNames(each) }),
    vscode.l10n.t('Choose a volume'),
    vscode.l10n.t('There are no volumes on this engine.'),
  );
}

/** The volume of a row: itself, or the one that a snapshot or a container is shown under. */
export function volumeAround(node: Node, targets: Targets): VolumeNode | undefined {
  if (node.kind === 'volume') return node;
  const parent = targets.parentOf(node);
  return parent?.kind === 'volume' ? parent : undefined;
}

/** The snapshot a command is for; asks for the volume, then for one of its snapshots, newest first. */
export async function snapshotFor(
  argument: unknown,
  targets: Targets,
  { inPlace = false } = {},
): Promise<SnapshotNode> {
  const node = await nodeOf(argument, targets);
  if (node?.kind === 'snapshot') return node;
  return pickSnapshot(await withSnapshots(node, targets, inPlace));
}

async function withSnapshots(node: Node | undefined, targets: Targets, inPlace: boolean): Promise<SnapshotNode[]> {
  if (node && hasSnapshots(node)) return node.snapshots;
  const owners = (await targets.nodes())
    .filter(hasSnapshots)
    .filter(({ kind, snapshots }) => snapshots.length > 0 && !(inPlace && kind === 'removedVolume'));
  const owner = await pick(
    owners,
    (each) => ({
      label: forQuickPick(each.kind === 'volume' ? each.volume.name : each.name),
      description: vscode.l10n.t('snapshots: {0}', format.count(each.snapshots.length)),
    }),
    vscode.l10n.t('Choose a volume'),
    inPlace
      ? vscode.l10n.t('No volume that is there has a snapshot yet. Take one first.')
      : vscode.l10n.t('There are no snapshots yet. Take one first.'),
  );
  return owner.snapshots;
}

function hasSnapshots(node: Node): node is VolumeNode | RemovedVolumeNode {
  return node.kind === 'volume' || node.kind === 'removedVolume';
}

export function pickSnapshot(snapshots: readonly SnapshotNode[]): Promise<SnapshotNode> {
  return pick(
    snapshots,
    ({ entry, missing }) => ({
      label: format.age(new Date(entry.time), new Date()),
      description: [
        ...purposeWords(entry),
        forQuickPick(entry.note),
        ...momentWords(entry, missing),
        `+${format.bytes(entry.addedBytes)}`,
        consistencyWords[entry.consistency],
      ]
        .filter(Boolean)
        .join(' · '),
      detail: format.time(new Date(entry.time)),
    }),
    vscode.l10n.t('Choose a snapshot'),
    vscode.l10n.t('There are no snapshots yet. Take one first.'),
  );
}

/** A Compose project with its volumes. */
export type ProjectNode = GroupNode & { project: string };

export function isProject(node: Node): node is ProjectNode {
  return node.kind === 'group' && node.project !== undefined;
}

/**
 * The Compose project a command is for; asks when it was started without one. `present`: only for those of which a volume
 * is there.
 */
export async function projectFor(argument: unknown, targets: Targets, { present = false } = {}): Promise<ProjectNode> {
  const node = await nodeOf(argument, targets);
  if (node && isProject(node)) return node;
  return pick(
    (await targets.projects()).filter(isProject).filter((each) => !(present && isGone(each))),
    ({ project, children }) => ({
      label: forQuickPick(project),
      description: vscode.l10n.t('volumes: {0}', format.count(children.length)),
    }),
    vscode.l10n.t('Choose a Compose project'),
    vscode.l10n.t('No volume on this engine belongs to a Compose project.'),
  );
}

export async function pick<T>(
  choices: readonly T[],
  itemOf: (choice: T) => vscode.QuickPickItem,
  placeHolder: string,
  none: string,
): Promise<T> {
  if (choices.length === 0) void vscode.window.showInformationMessage(none);
  const items = choices.map((choice) => ({ ...itemOf(choice), choice }));
  const options = { placeHolder, matchOnDescription: true, matchOnDetail: true };
  return chosen(items.length > 0 ? await vscode.window.showQuickPick(items, options) : undefined).choice;
}

function userNames({ users }: VolumeNode): string {
  return users.length > 0 ? format.list(users.map(({ container }) => container.name)) : vscode.l10n.t('unused');
}
