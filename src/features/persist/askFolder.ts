import * as vscode from 'vscode';
import type { ContainerChange, ContainerDetails, VolumeEngine } from '../../core/engine';
import { isFailure } from '../../core/failure';
import { changedFolders } from '../../core/persist/changedFolders';
import { databaseFolders } from '../../core/persist/databaseFolders';
import { isAnonymous, normalPath, sourceOf } from '../../core/persist/persistPath';
import { chosen } from '../../ui/cancellation';
import { forQuickPick } from '../../ui/plainText';
import { format } from '../../ui/words';

/** More would be a list of everything. */
const mostChanged = 12;

interface Item extends vscode.QuickPickItem {
  /** Undefined: it is typed. */
  path?: string;
}

/** A folder of a container that is on no named volume: a likely one, or any other. */
export async function askFolder(
  engine: VolumeEngine,
  container: ContainerDetails,
  changes: readonly ContainerChange[],
): Promise<string> {
  const title = vscode.l10n.t('Persist Data of {0}', forQuickPick(container.name));
  const placeHolder = vscode.l10n.t('Choose the folder that is to get a volume');
  const items = [
    ...(await likelyFolders(engine, container, changes)),
    { label: vscode.l10n.t('Another Folder…'), description: vscode.l10n.t('by its path in the container') },
  ];
  const { path } = chosen(
    await vscode.window.showQuickPick<Item>(items, { title, placeHolder, matchOnDescription: true }),
  );
  return resolved(engine, container, path ?? (await askPath(title)));
}

async function likelyFolders(
  engine: VolumeEngine,
  container: ContainerDetails,
  changes: readonly ContainerChange[],
): Promise<Item[]> {
  const anonymous = container.mounts
    .filter(({ type, name = '' }) => type === 'volume' && isAnonymous(name))
    .map(({ destination: path }) => ({ path, description: vscode.l10n.t('on a volume that nobody has named') }));
  const bound: Item[] = [];
  for (const { type, destination: path, source } of container.mounts) {
    if (type !== 'bind' || !(await isFolder(engine, container, path))) continue;
    bound.push({ label: path, path, description: vscode.l10n.t('a mount of the folder {0}', forQuickPick(source)) });
  }
  const databases: Item[] = [];
  for (const path of databaseFolders(container)) {
    if (databases.length > 0 || (await isFolder(engine, container, path)) === false) continue;
    databases.push({ label: path, path, description: vscode.l10n.t('the data of the database') });
  }
  const changed = changedFolders(changes).map(({ path, changes: number }) => ({
    path,
    description: vscode.l10n.t('changed entries: {0}', format.count(number)),
  }));
  const all = [...anonymous, ...databases, ...changed.slice(0, mostChanged), ...bound].map((each) => ({
    label: '',
    ...each,
  }));
  return all
    .filter(({ path }, index) => all.findIndex((other) => other.path === path) === index)
    .filter(({ path }) => path !== undefined && normalPath(path) === path && canBePersisted(container, path))
    .map((each) => ({ ...each, label: forQuickPick(each.path ?? '') }));
}

function canBePersisted(container: ContainerDetails, path: string): boolean {
  try {
    sourceOf(container, path);
    return true;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return false;
  }
}

async function isFolder(engine: VolumeEngine, { id }: ContainerDetails, path: string): Promise<boolean> {
  return (await engine.statContainerPath(id, path, new AbortController().signal))?.type === 'folder';
}

async function askPath(title: string): Promise<string> {
  const typed = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Folder in the container, from its root'),
    placeHolder: '/var/lib/data',
    validateInput: (text) =>
      normalPath(text.trim()) === undefined ? vscode.l10n.t('As in: {0}', '/var/lib/data') : undefined,
  });
  return normalPath(chosen(typed).trim()) ?? '';
}

/** Where a symlink leads to: a mount over the link itself would not be seen through its other names. */
async function resolved(engine: VolumeEngine, { id }: ContainerDetails, path: string): Promise<string> {
  const found = await engine.statContainerPath(id, path, new AbortController().signal);
  return (found?.type === 'symlink' && normalPath(found.target ?? '')) || path;
}
