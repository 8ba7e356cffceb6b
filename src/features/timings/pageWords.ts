import * as vscode from 'vscode';
import type { PageWords } from '../../core/timings/pageMessages';
import { failureTitles } from '../../ui/failureTitles';
import { kindWords, phaseWords } from '../../ui/words';

export const pageWords: PageWords = {
  empty: vscode.l10n.t('No operation has been timed yet. Take a snapshot, and it appears here.'),
  more: vscode.l10n.t('Show More'),
  region: vscode.l10n.t('Timings of past operations, newest first'),
  oneFile: vscode.l10n.t('1 file'),
  files: vscode.l10n.t('{0} files'),
  columns: {
    when: vscode.l10n.t('When'),
    operation: vscode.l10n.t('Operation'),
    volume: vscode.l10n.t('Volume'),
    engine: vscode.l10n.t('Engine'),
    total: vscode.l10n.t('Total'),
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
  failures: failureTitles,
  failedIn: vscode.l10n.t('failed at “{0}”'),
};
