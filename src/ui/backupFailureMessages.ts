import * as path from 'node:path';
import * as vscode from 'vscode';
import { backUp, openSetting, otherBackup, showLog, type Words } from './failureActions';
import { oneLine } from './commandEndWords';

type BackupCode =
  | 'backupDamaged'
  | 'backupWithoutProof'
  | 'backupTooNew'
  | 'backupLocked'
  | 'backupChainBroken'
  | 'backupThere'
  | 'backupNotReadable'
  | 'folderNotReadable'
  | 'destinationFull'
  | 'destinationNotWritable'
  | 'destinationNotReached'
  | 'destinationRefused';

/** The part of the catalogue that is about backups. */
export const backupFailureMessages: { [Code in BackupCode]: Words<Code> } = {
  backupDamaged: ({ file, reason }) => ({
    text: vscode.l10n.t(
      'The backup “{0}” is damaged ({1}). Nothing of it was used and no volume was changed.',
      path.basename(file ?? '?'),
      oneLine(reason),
    ),
    action: otherBackup(),
  }),
  backupWithoutProof: ({ file }) => ({
    text: vscode.l10n.t(
      'The file “{0}” does not end as a backup does: it was cut off, or something else made it. Nothing of it was used.',
      path.basename(file),
    ),
    action: otherBackup(),
  }),
  backupTooNew: ({ file, tool }) => ({
    text: vscode.l10n.t(
      'The backup “{0}” was written by a newer version ({1}). Update this extension to restore it.',
      path.basename(file),
      oneLine(tool),
    ),
    action: otherBackup(),
  }),
  backupLocked: ({ file, lock, isTried }) => ({
    text: lockedWords(path.basename(file), lock, isTried),
    action: otherBackup(),
  }),
  backupChainBroken: ({ file, link, reason }) => ({
    text: vscode.l10n.t(
      'The backup “{0}” holds only what has changed since “{1}”, and that cannot be used: {2}. Nothing was changed; an older backup may be whole.',
      path.basename(file),
      link,
      oneLine(reason),
    ),
    action: otherBackup(),
  }),
  backupThere: ({ file }) => ({
    text: vscode.l10n.t(
      'This snapshot has a backup there already, “{0}”, which others may build on. It was left as it is: back up the volume as it is now, or delete that backup first.',
      file,
    ),
    action: backUp(),
  }),
  backupNotReadable: ({ file, reason }) => ({
    text: vscode.l10n.t('The backup “{0}” cannot be read: {1}', path.basename(file), oneLine(reason)),
    action: otherBackup(),
  }),
  folderNotReadable: ({ file, reason }) => ({
    text: vscode.l10n.t('Nothing was made of the folder, for “{0}” cannot be read: {1}', file, oneLine(reason)),
    action: otherBackup(),
  }),
  destinationFull: ({ file }) => ({
    text: vscode.l10n.t(
      'There is no room for the backup “{0}”. Nothing incomplete was kept; make room, or choose another place.',
      path.basename(file),
    ),
    action: backUp(),
  }),
  destinationNotWritable: ({ file, reason }) => ({
    text: vscode.l10n.t('The backup “{0}” cannot be written: {1}', path.basename(file), oneLine(reason)),
    action: backUp(),
  }),
  destinationNotReached: ({ destination, reason }) => ({
    text: vscode.l10n.t(
      'The destination “{0}” cannot be reached, and nothing incomplete was kept: {1}',
      destination,
      oneLine(reason),
    ),
    action: showLog(),
  }),
  destinationRefused: ({ destination, reason }) => ({
    text: vscode.l10n.t(
      'The destination “{0}” refuses; check its keys, and what they may do: {1}',
      destination,
      oneLine(reason),
    ),
    action: openSetting('dockerVolumes.destinations'),
  }),
};

function lockedWords(file: string, lock: 'key' | 'passphrase', isTried: boolean): string {
  if (lock === 'key') {
    return isTried
      ? vscode.l10n.t(
          'The backup “{0}” is encrypted for another key. It opens only with a private key that it was encrypted for, which begins with AGE-SECRET-KEY-1.',
          file,
        )
      : vscode.l10n.t(
          'The backup “{0}” is encrypted, and its private key, which begins with AGE-SECRET-KEY-1, is needed to read it.',
          file,
        );
  }
  return isTried
    ? vscode.l10n.t(
        'The backup “{0}” is encrypted with another passphrase. Try again with the one of when it was made.',
        file,
      )
    : vscode.l10n.t('The backup “{0}” is encrypted, and its passphrase is needed to read it.', file);
}
