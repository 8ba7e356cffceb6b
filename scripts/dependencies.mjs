// @ts-check
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './testbed/processes.mjs';
import { step } from './testbed/step.mjs';

/** The top of the repository. */
export const top = join(import.meta.dirname, '..');

/** Installs the packages of package-lock.json when they are not there, or others are. */
export async function installDependencies() {
  await step('packages', async (say) => {
    if (await isInstalled()) {
      say('found as in package-lock.json');
    } else {
      await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: top });
      say('installed with npm ci');
    }
  });
}

/** npm keeps a copy of the lock beside what it has installed. Times would mislead: git sets new ones on checkout. */
async function isInstalled() {
  const [wanted, installed] = await Promise.all([
    packagesOf(join(top, 'package-lock.json')),
    packagesOf(join(top, 'node_modules', '.package-lock.json')),
  ]);
  return Object.entries(wanted)
    .filter(([path]) => path !== '')
    .every(([path, { version, optional }]) => (installed[path] ? installed[path].version === version : optional));
}

/**
 * @param {string} lock
 * @returns {Promise<Record<string, { version: string, optional?: boolean }>>}
 */
async function packagesOf(lock) {
  return JSON.parse(await readFile(lock, 'utf8').catch(() => '{"packages":{}}')).packages;
}
