import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { BackupFile } from '../../src/core/backup/backupFile';
import { Folder } from '../../src/destinations/folder';
import { describeTree, never, type Sandbox } from './sandbox';

export function packParams(box: Sandbox, { id }: { id: string }) {
  return { volume: box.spec.name, snapshot: id, level: 3, tool: 'a test' };
}

/** A snapshot as a backup, in a file beside the volume. */
export async function backUp(box: Sandbox, snapshot: { id: string }): Promise<string> {
  const file = path.join(fs.mkdtempSync(path.join(box.base, 'backup-')), 'backup.tar.zst');
  const handle = fs.openSync(file, 'w');
  const onData = async (bytes: Uint8Array) => void fs.writeSync(handle, bytes);
  await box.withAgent((agent) => agent.request('snapshot.pack', packParams(box, snapshot), { signal: never, onData }));
  fs.closeSync(handle);
  return file;
}

export function opened(backup: string): Promise<BackupFile> {
  return BackupFile.open(new Folder(path.dirname(backup)), path.basename(backup), never);
}

/** What people have: none of it is ours. */
export const unpackers: Record<string, (backup: string) => string[]> = {
  'GNU tar': (backup) => [
    'tar',
    ...['--zstd', '-xpf', backup, '--xattrs', '--xattrs-include=*', '--acls', '--numeric-owner', '--same-owner'],
  ],
  bsdtar: (backup) => ['bsdtar', '-xpf', backup, '--xattrs', '--acls', '--numeric-owner', '--same-owner'],
  'zstd and GNU tar': (backup) => [
    ...['sh', '-c', 'zstd -dcq "$1" | tar -xp --xattrs --xattrs-include="*" --acls --numeric-owner', 'sh', backup],
  ],
};

/** Describes the tree that a program makes of a backup in a new folder. */
export function unpackedWith(program: string, backup: string): string {
  const folder = fs.mkdtempSync(path.join(path.dirname(backup), 'unpacked-'));
  const [command, ...args] = unpackers[program]!(backup);
  execFileSync(command!, args, { cwd: folder, stdio: 'pipe' });
  const tree = describeTree(folder);
  fs.rmSync(folder, { recursive: true });
  return tree;
}
