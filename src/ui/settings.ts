import * as vscode from 'vscode';
import type { OperationSettings } from '../core/operations';
import type { RetentionPolicy } from '../core/retention';
import type { Consistency } from '../core/snapshotEntry';

/** The extension's settings, read at the moment they are needed. Types and defaults are in package.json. */
export const settings = {
  engine: () => read('engine', '').trim(),
  agentImage: () => read('agentImage', '').trim(),
  consistency: () => read<Consistency>('consistency', 'paused'),
  groupByComposeProject: () => read('groupByComposeProject', true),
  timingsLimit: () => read('timings.limit', 2_000),
  retention: (): RetentionPolicy => ({
    keepDays: read('safetySnapshots.keepDays', 7),
    keepCount: read('safetySnapshots.keepCount', 10),
    maxDays: read('safetySnapshots.maxDays', 60),
  }),
  operations: (): OperationSettings => ({
    consistency: settings.consistency(),
    freezeBudgetMs: read('freezeBudgetSeconds', 10) * 1_000,
    stopGraceSeconds: read('stopGraceSeconds', 3),
    healthWaitMs: read('healthWaitSeconds', 60) * 1_000,
  }),
};

export async function setGroupByComposeProject(grouped: boolean): Promise<void> {
  await configuration().update('groupByComposeProject', grouped, vscode.ConfigurationTarget.Global);
}

/**
 * Opens the settings at one of them. In a remote window the ones of the machine are only in the tab of the remote, and
 * the usual command opens another tab, which then finds nothing.
 */
export async function openSetting(setting: string): Promise<void> {
  const tab = vscode.env.remoteName === undefined ? 'openSettings' : 'openRemoteSettings';
  await vscode.commands.executeCommand(`workbench.action.${tab}`, { query: setting });
}

/** Calls back when one of the named settings has changed. */
export function onDidChangeSettings(names: readonly string[], listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (names.some((name) => event.affectsConfiguration(`dockerVolumes.${name}`))) listener();
  });
}

function read<T>(name: string, otherwise: T): T {
  return configuration().get<T>(name, otherwise);
}

function configuration(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('dockerVolumes');
}
