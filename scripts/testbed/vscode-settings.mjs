// @ts-check
import { mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A quiet VS Code: nothing that phones home, pops up or covers the view under test. */
export const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.editor.useModal': 'off',
  'chat.disableAIFeatures': true,
  'security.workspace.trust.enabled': false,
  'git.enabled': false,
  'window.commandCenter': false,
};

/**
 * Writes the user settings of a new VS Code profile; settings that are there already stay.
 * @param {string} userDataDir
 * @param {Record<string, unknown>} [settings] besides the quiet ones
 */
export async function seedSettings(userDataDir, settings = {}) {
  const file = join(userDataDir, 'User', 'settings.json');
  await mkdir(join(userDataDir, 'User'), { recursive: true });
  if (!existsSync(file)) {
    await writeFile(file, JSON.stringify({ ...quietSettings, ...settings }, undefined, 2));
  }
}
