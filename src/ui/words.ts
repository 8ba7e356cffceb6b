import * as os from 'node:os';
import * as vscode from 'vscode';
import type { ContainerState, Holder } from '../core/engine';
import type { Loss } from '../core/entry';
import { displayName } from '../core/bytes';
import type { RunProgress } from '../core/operations';
import type { Consistency } from '../core/snapshotEntry';
import type { OperationKind, PhaseName } from '../core/timings/record';
import { createFormat } from '../core/format';

export const format = createFormat(vscode.env.language);

export const phaseWords: Record<PhaseName, string> = {
  connect: vscode.l10n.t('Connecting'),
  wait: vscode.l10n.t('Waiting for another operation'),
  pull: vscode.l10n.t('Getting the image of the agent'),
  scan: vscode.l10n.t('Scanning'),
  plan: vscode.l10n.t('Planning'),
  copy: vscode.l10n.t('Copying'),
  pack: vscode.l10n.t('Packing'),
  compress: vscode.l10n.t('Compressing'),
  encrypt: vscode.l10n.t('Encrypting'),
  upload: vscode.l10n.t('Sending to the destination'),
  download: vscode.l10n.t('Reading from the destination'),
  unpack: vscode.l10n.t('Unpacking'),
  hooks: vscode.l10n.t('Running commands in containers'),
  freeze: vscode.l10n.t('Frozen'),
  flush: vscode.l10n.t('Flushing to disk'),
  stop: vscode.l10n.t('Stopping containers'),
  switch: vscode.l10n.t('Restoring'),
  verify: vscode.l10n.t('Verifying'),
  start: vscode.l10n.t('Starting containers'),
  health: vscode.l10n.t('Waiting for containers to come up'),
  sweep: vscode.l10n.t('Sweeping'),
  create: vscode.l10n.t('Creating the volume'),
  replace: vscode.l10n.t('Replacing the container'),
  remove: vscode.l10n.t('Removing the volume'),
};

export const kindWords: Record<OperationKind, string> = {
  snapshot: vscode.l10n.t('Snapshot'),
  restore: vscode.l10n.t('Restore'),
  restoreToNew: vscode.l10n.t('Restore to new volume'),
  clone: vscode.l10n.t('Clone'),
  sync: vscode.l10n.t('Sync'),
  failOver: vscode.l10n.t('Fail over'),
  previewSync: vscode.l10n.t('Preview sync'),
  create: vscode.l10n.t('Create volume'),
  rename: vscode.l10n.t('Rename volume'),
  empty: vscode.l10n.t('Empty volume'),
  remove: vscode.l10n.t('Remove volume'),
  bringBack: vscode.l10n.t('Bring back volume'),
  persist: vscode.l10n.t('Persist'),
  undoPersist: vscode.l10n.t('Undo persist'),
  copyInto: vscode.l10n.t('Copy into volume'),
  previewRestore: vscode.l10n.t('Preview restore'),
  import: vscode.l10n.t('Restore from backup'),
  backup: vscode.l10n.t('Backup'),
  verifyBackup: vscode.l10n.t('Verify backup'),
  deleteSnapshot: vscode.l10n.t('Delete snapshot'),
  changeNote: vscode.l10n.t('Change note'),
  retention: vscode.l10n.t('Remove old safety snapshots'),
  size: vscode.l10n.t('Compute size'),
  analyse: vscode.l10n.t('Analyse'),
  recovery: vscode.l10n.t('Recovery'),
};

export const consistencyWords: Record<Consistency, string> = {
  paused: vscode.l10n.t('paused'),
  live: vscode.l10n.t('taken while in use'),
  application: vscode.l10n.t('application'),
  stopped: vscode.l10n.t('stopped'),
};

export const containerStateWords: Record<ContainerState, string> = {
  created: vscode.l10n.t('created'),
  running: vscode.l10n.t('running'),
  paused: vscode.l10n.t('paused'),
  restarting: vscode.l10n.t('restarting'),
  exited: vscode.l10n.t('stopped'),
  removing: vscode.l10n.t('being removed'),
  dead: vscode.l10n.t('dead'),
};

/** `1 file`, `20,131 files` */
export function fileCount(files: number): string {
  return files === 1 ? vscode.l10n.t('1 file') : vscode.l10n.t('{0} files', format.count(files));
}

/** `Copying · 1,204 of 20,131 files · 34 MB of 886 MB · 4%`, as far as it is known. */
export function progressWords(progress: RunProgress): string {
  if (progress.holder) return vscode.l10n.t('Waiting for another operation ({0})', holderWords(progress.holder));
  if (progress.containers) {
    const doing = containersWords(progress.phase, progress.containers, progress.upToSeconds);
    return [doing, ...leftWords(progress)].join(' · ');
  }
  const { phase, files, bytes, totalFiles, totalBytes } = progress;
  const parts = [
    progress.part === 'safety' ? vscode.l10n.t('Safety snapshot: {0}', phaseWords[phase]) : phaseWords[phase],
  ];
  if (totalFiles) parts.push(vscode.l10n.t('{0} of {1} files', format.count(files), format.count(totalFiles)));
  else if (files) parts.push(fileCount(files));
  if (totalBytes) parts.push(vscode.l10n.t('{0} of {1}', format.bytes(bytes), format.bytes(totalBytes)));
  else if (bytes) parts.push(format.bytes(bytes));
  if (progress.bytesPerSecond) parts.push(vscode.l10n.t('{0}/s', format.bytes(progress.bytesPerSecond)));
  if (totalBytes) parts.push(format.percent(bytes / totalBytes));
  else if (totalFiles) parts.push(format.percent(files / totalFiles));
  return [...parts, ...leftWords(progress)].join(' · ');
}

function leftWords({ secondsLeft }: RunProgress): string[] {
  return secondsLeft ? [vscode.l10n.t('{0} left', format.duration(Math.ceil(secondsLeft) * 1_000))] : [];
}

/** Who holds a lock: `Snapshot, window “shop”, process 4711 on laptop`. */
export function holderWords({ operation, host, pid, window }: Holder): string {
  const isOurs = host === os.hostname() && pid === process.pid;
  const who = isOurs
    ? [vscode.l10n.t('this window')]
    : [
        ...(window ? [vscode.l10n.t('window “{0}”', window)] : []),
        ...(pid === undefined ? [] : [vscode.l10n.t('process {0} on {1}', pid, host ?? '…')]),
      ];
  return format.list([...(operation ? [kindWords[operation]] : []), ...who]);
}

/** `Stopping db (up to 3 s)` */
function containersWords(phase: PhaseName, containers: readonly string[], upToSeconds: number | undefined): string {
  const names = format.list(containers);
  const doing =
    phase === 'stop'
      ? vscode.l10n.t('Stopping {0}', names)
      : phase === 'start'
        ? vscode.l10n.t('Starting {0}', names)
        : vscode.l10n.t('Waiting for {0} to come up', names);
  return upToSeconds === undefined
    ? doing
    : vscode.l10n.t('{0} (up to {1})', doing, format.duration(upToSeconds * 1_000));
}

/** One sentence for what a snapshot or restore could not keep. */
export function lossWords(loss: Loss): string {
  const count = format.count(loss.count);
  const first = displayName(loss.path);
  switch (loss.kind) {
    case 'socket':
      return vscode.l10n.t('Sockets left out: {0} (first: {1}).', count, first);
    case 'xattr':
      return vscode.l10n.t('Entries with extended attributes that cannot be kept: {0} (first: {1}).', count, first);
    case 'overlay':
      return vscode.l10n.t(
        'Traces of overlay file systems, as of an engine that runs in a container; their hidden attributes cannot be kept: {0} (first: {1}).',
        count,
        first,
      );
    case 'other-file-system':
      return vscode.l10n.t(
        'Entries left out because another file system is mounted there: {0} (first: {1}).',
        count,
        first,
      );
    case 'excluded':
      return vscode.l10n.t('Entries that the backup leaves out, as was wanted: {0} (first: {1}).', count, first);
    case 'vanished':
      return vscode.l10n.t('Files that vanished while they were read: {0} (first: {1}).', count, first);
    case 'torn':
      return vscode.l10n.t(
        'Files that changed whenever they were copied, and may hold parts of different moments: {0} (first: {1}).',
        count,
        first,
      );
  }
}
