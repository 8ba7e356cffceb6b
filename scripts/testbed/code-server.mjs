// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache.mjs';
import { node24Binary } from './node.mjs';

export const codeServerVersion = '4.139.1';

/** @typedef {{ node: string, entry: string, chromium: string }} WebVSCode the parts of a VS Code without a desktop */

/** Where npm installs it; `complete` is made when the last step of that has succeeded. */
export function codeServerFiles() {
  const folder = join(cacheFolder, `code-server-${codeServerVersion}`);
  const server = join(folder, 'node_modules', 'code-server');
  return { folder, server, entry: join(server, 'out', 'node', 'entry.js'), complete: join(folder, 'complete') };
}

export function findChromium() {
  return [process.env.CHROMIUM_EXECUTABLE, '/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chromium-browser']
    .filter((path) => path !== undefined)
    .find((path) => existsSync(path));
}

/**
 * What `provideCodeServer` has set up.
 * @returns {WebVSCode}
 */
export function findCodeServer() {
  const chromium = findChromium();
  const { entry, complete } = codeServerFiles();
  if (!chromium || !existsSync(complete)) {
    throw new Error('VS Code in a browser is not set up: npm run test:ui and npm run demo do it');
  }
  return { node: node24Binary(), entry, chromium };
}
