// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './cache.mjs';
import { run } from './processes.mjs';

/** The first Node with zstd in `zlib`. */
const oldestForTests = [22, 15];

/** A Node that can run the tests: this one if it is new enough, else Node 24 from the cache. */
export async function findNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const newEnough = major > oldestForTests[0] || (major === oldestForTests[0] && minor >= oldestForTests[1]);
  return newEnough ? process.execPath : installNode24();
}

/**
 * The Node 24 binary that npm's package `node` brings. It also becomes the agent's image and runs code-server.
 * @returns {Promise<string>} its path
 */
export async function installNode24() {
  const folder = await cached('node24');
  const binary = join(folder, 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(binary)) {
    await run('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, 'node@24'], { cwd: folder });
  }
  return binary;
}
