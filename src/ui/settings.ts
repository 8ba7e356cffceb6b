import * as vscode from 'vscode';
import type { OperationSettings } from '../core/operations';
import type { RetentionPolicy } from '../core/retention';
import { problemOf, settingRules, usable, type SettingName, type SettingValue } from './settingRules';

/** The extension's settings, read at the moment they are needed; a value that cannot be used is the default. */
export const settings = {
  engine: () => read('engine').trim(),
  agentImage: () => read('agentImage').trim(),
  consistency: () => read('consistency'),
  groupByComposeProject: () => read('groupByComposeProject'),
  backupLevel: () => read('backup.level'),
  backupExclude: () => read('backup.exclude'),
  backupFullEvery: () => read('backup.fullEvery'),
  destinations: () => read('destinations'),
  standbyEveryMinutes: () => read('standby.everyMinutes'),
  timingsLimit: () => read('timings.limit'),
  retention: (): RetentionPolicy => ({
    keepDays: read('safetySnapshots.keepDays'),
    keepCount: read('safetySnapshots.keepCount'),
    maxDays: read('safetySnapshots.maxDays'),
    trashDays: read('trash.keepDays'),
  }),
  operations: (): OperationSettings => ({
    consistency: settings.consistency(),
    freezeBudgetMs: read('freezeBudgetSeconds') * 1_000,
    // Engines take whole seconds only.
    stopGraceSeconds: Math.ceil(read('stopGraceSeconds')),
    healthWaitMs: read('healthWaitSeconds') * 1_000,
  }),
};

/** Says in the log which settings cannot be used: each once, and again when it is set to something else. */
export function sayUnusableSettings(log: Pick<vscode.LogOutputChannel, 'warn'>): vscode.Disposable {
  let said: readonly string[] = [];
  const say = (): void => {
    const names = Object.keys(settingRules) as SettingName[];
    const problems = names.flatMap((name) => problemOf(name, configuration().get(name)) ?? []);
    for (const problem of problems.filter((each) => !said.includes(each))) log.warn('setting', problem);
    said = problems;
  };
  say();
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration('dockerVolumes')) say();
  });
}

export async function setGroupByComposeProject(grouped: boolean): Promise<void> {
  await configuration().update('groupByComposeProject', grouped, vscode.ConfigurationTarget.Global);
}

export async function setDestinations(destinations: readonly unknown[]): Promise<void> {
  await configuration().update('destinations', destinations, vscode.ConfigurationTarget.Global);
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

function read<Name extends SettingName>(name: Name): SettingValue<Name> {
  return usable(name, configuration().get(name));
}

function configuration(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('dockerVolumes');
}
