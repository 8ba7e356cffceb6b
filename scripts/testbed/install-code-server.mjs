// @ts-check
import { existsSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeServerFiles, codeServerVersion, findChromium, findCodeServer } from './code-server.mjs';
import { installPackages } from './debian.mjs';
import { installNode24 } from './node.mjs';
import { run } from './processes.mjs';
import { step } from './step.mjs';

/**
 * VS Code's server and workbench (code-server, from npm) and a browser for it (from Debian): no desktop VS Code can be
 * had from these two sources.
 * @returns {Promise<import('./code-server.mjs').WebVSCode>}
 */
export async function provideCodeServer() {
  await step('browser', async (say) => {
    const found = findChromium();
    // The font is for Chinese screenshots.
    say(found ? `found ${found}` : `installed ${(await installPackages(['chromium', 'fonts-wqy-zenhei'])).join(', ')}`);
  });
  await step('node 24', async (say) => say(await installNode24()));
  await step('code-server', async (say) => {
    const isThere = existsSync(codeServerFiles().complete);
    if (!isThere) {
      await installCodeServer();
    }
    say(`${isThere ? 'found' : 'set up'} ${codeServerVersion} in the cache`);
  });
  return findCodeServer();
}

async function installCodeServer() {
  const { folder, server, complete } = codeServerFiles();
  await mkdir(folder, { recursive: true });
  // Without its scripts no compiler is needed; what they would have done besides compiling are the two other installs.
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts'];
  await run('npm', ['install', ...quiet, '--prefix', folder, `code-server@${codeServerVersion}`], { cwd: folder });
  for (const part of ['lib/vscode', 'lib/vscode/extensions']) {
    await run('npm', ['install', ...quiet, '--omit=dev'], { cwd: join(server, part) });
  }
  // Two native parts are not compiled; plain JavaScript takes their place.
  for (const name of ['spdlog', 'native-watchdog']) {
    const standIn = join(import.meta.dirname, 'stand-ins', `${name}.cjs`);
    await copyFile(standIn, join(server, 'lib/vscode/node_modules/@vscode', name, 'index.js'));
  }
  await writeFile(complete, codeServerVersion);
}
