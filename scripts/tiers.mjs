// @ts-check
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { top } from './dependencies.mjs';

/**
 * @typedef {'packages' | 'compose' | 'remotes' | 'engine' | 'databases' | 'browser'} Part
 * @typedef {object} Tier
 * @property {string} name
 * @property {Part[]} needs what has to be set up: Debian packages of the agent tier, Compose, those of storages, an engine with images, the image with databases, VS Code in a browser
 * @property {string[]} [after] tiers that would disturb this one: it waits for their end
 * @property {() => Job[]} jobs its processes, which may run side by side; known after the build
 *
 * @typedef {object} Job
 * @property {string} name
 * @property {string[]} args to Node
 */

const second = 1_000;

/** @param {string} name of a folder of tests, or of one file of them @param {number} timeoutMs of one test @returns {Job} */
const mocha = (name, timeoutMs) => ({
  name,
  args: [
    '--enable-source-maps',
    join(top, 'node_modules', 'mocha', 'bin', 'mocha.js'),
    ...['--reporter', join(top, 'scripts', 'mocha-reporter.cjs')],
    ...['--timeout', String(timeoutMs)],
    ...(process.env.CI ? ['--forbid-only'] : []),
    name.endsWith('.js') ? join('out', 'test', name) : `out/test/${name}/**/*.test.js`,
  ],
});

/** Every test file in a process of its own, the longest first. @param {string} folder @param {number} timeoutMs of one test */
function mochaOfEach(folder, timeoutMs) {
  const files = readdirSync(join(top, 'out', 'test', folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.js'))
    .map((file) => join(folder, file));
  const sourceBytes = (/** @type {string} */ file) => statSync(join(top, 'test', file.replace(/js$/, 'ts'))).size;
  return files.sort((a, b) => sourceBytes(b) - sourceBytes(a)).map((file) => mocha(file, timeoutMs));
}

/** Begun in this order, and shown in it. @type {Tier[]} */
export const tiers = [
  { name: 'unit', needs: [], jobs: () => [mocha('unit', 10 * second)] },
  {
    name: 'vscode',
    needs: ['engine', 'browser', 'remotes'],
    jobs: () => [{ name: 'vscode', args: [join(top, 'test', 'vscode', 'runTests.mjs')] }],
  },
  {
    name: 'engine',
    needs: ['packages', 'compose', 'engine', 'databases'],
    jobs: () => mochaOfEach('engine', 120 * second),
  },
  {
    name: 'ui',
    needs: ['engine', 'browser'],
    // Its tree shows all volumes of the engine: rows that come and go move from under the mouse.
    after: ['vscode', 'engine', 'destinations'],
    jobs: () => [mocha('ui', 120 * second)],
  },
  // Each with the real server that it starts for itself.
  { name: 'destinations', needs: ['engine', 'remotes'], jobs: () => mochaOfEach('destinations', 60 * second) },
  { name: 'agent', needs: ['packages'], jobs: () => mochaOfEach('agent', 60 * second) },
];

/** What the agent's tests compare with, and file systems to mount. */
export const agentPackages = ['btrfs-progs', 'rsync', 'attr', 'acl', 'zstd', 'bzip2', 'xz-utils', 'libarchive-tools'];

/** What starts on volumes that were restored. */
export const composePackages = ['docker-compose'];

/** The storages that destinations are tested on, and what else opens what they write. */
export const remotePackages = ['ceph-mon', 'ceph-osd', 'ceph-common', 'radosgw', 'docker-registry', 'rclone', 'age'];
