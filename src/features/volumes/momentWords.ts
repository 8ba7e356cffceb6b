import * as vscode from 'vscode';
import type { SnapshotEntry } from '../../core/snapshotEntry';

/** Beside a snapshot that was taken with those of a whole project: `missing` ones keep the project from being restored to it. */
export function momentWords({ group }: SnapshotEntry, missing: readonly string[] | undefined): string[] {
  if (group?.project === undefined || group.volumes.length < 2) return [];
  return [missing ? vscode.l10n.t('part of a project') : vscode.l10n.t('whole project')];
}
