import * as vscode from 'vscode';
import type { PageWords } from '../../core/timings/pageTexts';
import { failureTitles } from '../../ui/failureTitles';
import { kindWords, phaseWords } from '../../ui/words';
import { pageTexts } from './pageTexts';

export const pageWords: PageWords = {
  texts: pageTexts,
  columns: {
    when: vscode.l10n.t('When'),
    operation: vscode.l10n.t('Operation'),
    volume: vscode.l10n.t('Volume'),
    engine: vscode.l10n.t('Engine'),
    destination: vscode.l10n.t('Destination'),
    total: vscode.l10n.t('Total'),
    expected: vscode.l10n.t('Expected'),
    downtime: vscode.l10n.t('Downtime'),
    moved: vscode.l10n.t('Moved'),
    skipped: vscode.l10n.t('Skipped'),
    outcome: vscode.l10n.t('Outcome'),
    phases: vscode.l10n.t('Phases'),
  },
  kinds: kindWords,
  phases: phaseWords,
  parts: { safety: vscode.l10n.t('Safety snapshot') },
  outcomes: {
    done: vscode.l10n.t('done'),
    failed: vscode.l10n.t('failed'),
    cancelled: vscode.l10n.t('cancelled'),
  },
  changes: {
    added: vscode.l10n.t('added'),
    changed: vscode.l10n.t('changed'),
    removed: vscode.l10n.t('removed'),
  },
  storages: {
    fileSystem: vscode.l10n.t('Files'),
    database: vscode.l10n.t('Databases'),
    objectStorage: vscode.l10n.t('Object storage'),
  },
  failures: failureTitles,
};
