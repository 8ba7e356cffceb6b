// @ts-check
import { existsSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached } from './cache.mjs';
import { installPackages } from './debian.mjs';
import { installNode24 } from './node.mjs';
import { run } from './processes.mjs';
import { step } from './step.mjs';

const version = '4.139.1';

/** @typedef {{ node: string, entry: string, chromium: string }} WebVSCode the parts of a VS Code without a desktop */

/**
 * VS Code's server and workbench (code-server, from npm) and a browser for it (from Debian): no desktop VS Code can be
 * had from these two sources.
 * @returns {Promise<WebVSCode>}
 */
export async function provideCodeServer() {
  const chromium = await step('browser', async (say) => {
    const found = findChromium();
    if (found) {
      say(`found ${found}`);
      return found;
    }
    // The font is for Chinese screenshots.
    say(`installed ${(await installPackages(['chromium', 'fonts-wqy-zenhei'])).join(', ')}`);
    return /** @type {string} */ (findChromium());
  });
  const node = await step('node 24', async (say) => {
    const path = await installNode24();
    say(path);
    return path;
  });
  const entry = await step('code-server', (say) => installCodeServer(say));
  return { node, entry, chromium };
}

function findChromium() {
  return [process.env.CHROMIUM_EXECUTABLE, '/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chromium-browser']
    .filter((path) => path !== undefined)
    .find((path) => existsSync(path));
}

/** @param {(found: string) => void} say */
async function installCodeServer(say) {
  const folder = await cached(`code-server-${version}`);
  const server = join(folder, 'node_modules', 'code-server');
  const complete = join(folder, 'complete');
  if (existsSync(complete)) {
    say(`found ${version} in the cache`);
  } else {
    // Without its scripts no compiler is needed; what they would have done besides compiling are the two other installs.
    const quiet = ['--no-audit', '--no-fund', '--ignore-scripts'];
    await run('npm', ['install', ...quiet, '--prefix', folder, `code-server@${version}`], { cwd: folder });
    for (const part of ['lib/vscode', 'lib/vscode/extensions']) {
      await run('npm', ['install', ...quiet, '--omit=dev'], { cwd: join(server, part) });
    }
    // Two native parts are not compiled; plain JavaScript takes their place.
    for (const name of ['spdlog', 'native-watchdog']) {
      const standIn = fileURLToPath(new URL(`stand-ins/${name}.cjs`, import.meta.url));
      await copyFile(standIn, join(server, 'lib/vscode/node_modules/@vscode', name, 'index.js'));
    }
    await writeFile(complete, version);
    say(`set up ${version}`);
  }
  return join(server, 'out', 'node', 'entry.js');
}
