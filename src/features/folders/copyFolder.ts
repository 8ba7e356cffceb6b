import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as vscode from 'vscode';
import type { Volume } from '../../core/engine';
import { isFailure } from '../../core/failure';
import { folderVolume } from '../../core/operations';
import { chosen } from '../../ui/cancellation';
import { previewAndSync, type Syncs } from '../sync/sync';
import { volumeFor } from '../volumes/targets';

/**
 * Makes a volume equal to a folder, after a preview. An engine that sees the folder looks at it itself, and moves only what
 * differs; to any other one, all of it is sent.
 */
export async function copyFolderIn(argument: unknown, syncs: Syncs): Promise<void> {
  const node = await volumeFor(argument, syncs.targets);
  const target = node.volume.name;
  const folder = await askFolder(vscode.l10n.t('Copy Folder into {0}', target), vscode.l10n.t('Copy into Volume…'));
  const source = await asVolume(folder, syncs, () =>
    vscode.commands.executeCommand('dockerVolumes.importFolder', node, folder),
  );
  if (source) await previewAndSync({ source: source.name, target }, syncs);
}

/** Makes a folder equal to a volume, after a preview, and with a snapshot of what it holds now, as any sync. */
export async function copyToFolder(argument: unknown, syncs: Syncs): Promise<void> {
  const { volume } = await volumeFor(argument, syncs.targets);
  const folder = await askFolder(vscode.l10n.t('Copy {0} to Folder', volume.name), vscode.l10n.t('Copy to Folder…'));
  const target = await asVolume(folder, syncs);
  if (target) await previewAndSync({ source: volume.name, target: target.name }, syncs);
}

async function askFolder(title: string, openLabel: string): Promise<string> {
  const [uri] = chosen(
    await vscode.window.showOpenDialog({
      title,
      openLabel,
      ...defaultUri(),
      canSelectFiles: false,
      canSelectFolders: true,
    }),
  );
  return fs.realpath(uri!.fsPath);
}

function defaultUri() {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder?.scheme === 'file' ? { defaultUri: folder } : {};
}

/** Undefined when that failed, which has been said then, or when something else was done `instead`. */
async function asVolume(
  folder: string,
  { operations }: Syncs,
  instead?: () => Thenable<unknown>,
): Promise<Volume | undefined> {
  const { ino, mtimeNs: mtime } = await fs.stat(folder, { bigint: true });
  const { uid, gid } = os.userInfo();
  // Windows has no numbers for them.
  const owner = uid >= 0 ? { owner: { uid, gid } } : {};
  return operations.run({
    kind: 'create',
    volume: folder,
    title: vscode.l10n.t('Looking at the folder {0}', folder),
    work: (host, run) => folderVolume(host, { folder, root: { ino, mtime }, ...owner }, run),
    instead: (error) =>
      instead && isFailure(error, 'folderNotOnEngine') ? async () => void (await instead()) : undefined,
  });
}
