// @ts-check
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { isDebian, isRoot } from '../../scripts/testbed/debian.mjs';
import { seedSettings } from '../../scripts/testbed/vscode-settings.mjs';
import { findDesktopVSCode } from '../../scripts/testbed/vscode.mjs';

/**
 * Runs `out/test/vscode` in the extension host of a desktop VS Code: the installed one, or one that is downloaded. On a
 * bare Debian machine neither is to be had, and the stand-in runs them.
 */
const top = join(import.meta.dirname, '..', '..');
const standIn = isDebian() && isRoot() ? join(top, 'scripts', 'testbed', 'code') : undefined;
const vscodeExecutablePath = findDesktopVSCode() ?? standIn;
console.log(`VS Code: ${vscodeExecutablePath ?? 'downloaded'}`);

const profile = await mkdtemp(join(tmpdir(), 'profile-'));
try {
  await seedSettings(profile);
  await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: top,
    extensionTestsPath: join(top, 'out', 'test', 'vscode', 'index.js'),
    launchArgs: [`--user-data-dir=${profile}`, `--extensions-dir=${join(profile, 'extensions')}`],
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
}
