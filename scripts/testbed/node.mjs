// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, cached } from './cache.mjs';
import { run } from './processes.mjs';

/** The first Node with zstd in `zlib`. */
const oldestForTests = { major: 22, minor: 15 };

/** A Node that can run the tests: this one if it is new enough, else Node 24 from the cache. */
export async function findNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const newEnough = major > oldestForTests.major || (major === oldestForTests.major && minor >= oldestForTests.minor);
  return newEnough ? process.execPath : installNode24();
}

/** Where `installNode24` puts it. */
export const node24Binary = () =>
  join(cacheFolder, 'node24', 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/**
 * The Node 24 binary that npm's package `node` brings. It also becomes the agent's image and runs code-server.
 * @returns {Promise<string>} its path
 */
export async function installNode24() {
  const binary = node24Binary();
  if (!existsSync(binary)) {
    const folder = await cached('node24');
    await run('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, 'node@24'], { cwd: folder });
  }
  return binary;
}
