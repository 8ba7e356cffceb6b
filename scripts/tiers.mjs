// @ts-check
import { join } from 'node:path';
import { top } from './dependencies.mjs';

/**
 * @typedef {'packages' | 'engine' | 'databases' | 'browser'} Part
 * @typedef {object} Tier
 * @property {string} name
 * @property {Part[]} needs what has to be set up: Debian packages of the agent tier, an engine with images, the image with databases, VS Code in a browser
 * @property {string[]} command arguments to Node
 */

const second = 1_000;

/** @param {string} name @param {number} timeoutMs of one test */
const mocha = (name, timeoutMs) => [
  '--enable-source-maps',
  join(top, 'node_modules', 'mocha', 'bin', 'mocha.js'),
  ...['--reporter', join(top, 'scripts', 'mocha-reporter.cjs')],
  ...['--timeout', String(timeoutMs)],
  ...(process.env.CI ? ['--forbid-only'] : []),
  `out/test/${name}/**/*.test.js`,
];

/** From the quickest to the slowest. @type {Tier[]} */
export const tiers = [
  { name: 'unit', needs: [], command: mocha('unit', 10 * second) },
  { name: 'agent', needs: ['packages'], command: mocha('agent', 60 * second) },
  { name: 'engine', needs: ['packages', 'engine', 'databases'], command: mocha('engine', 120 * second) },
  { name: 'vscode', needs: ['engine', 'browser'], command: [join(top, 'test', 'vscode', 'runTests.mjs')] },
  { name: 'ui', needs: ['engine', 'browser'], command: mocha('ui', 120 * second) },
];

/** What the agent's tests compare with, and file systems to mount. */
export const agentPackages = ['btrfs-progs', 'rsync', 'attr', 'acl', 'zstd'];
