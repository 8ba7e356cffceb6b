import * as path from 'node:path';
import * as vscode from 'vscode';
import { backUp, type Words } from './failureActions';
import { oneLine } from './commandEndWords';

type BackupCode = 'destinationFull' | 'destinationNotWritable';

/** The part of the catalogue that is about backups. */
export const backupFailureMessages: { [Code in BackupCode]: Words<Code> } = {
  destinationFull: ({ file }) => ({
    text: vscode.l10n.t(
      'The disk is too full for the backup “{0}”. Nothing incomplete was kept; make room, or choose another folder.',
      path.basename(file),
    ),
    action: backUp(),
  }),
  destinationNotWritable: ({ file, reason }) => ({
    text: vscode.l10n.t('The backup “{0}” cannot be written: {1}', path.basename(file), oneLine(reason)),
    action: backUp(),
  }),
};
