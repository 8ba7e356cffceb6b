// @ts-check
import { existsSync } from 'node:fs';
import { run } from './processes.mjs';

export const isDebian = () => process.platform === 'linux' && existsSync('/usr/bin/apt-get');
export const isRoot = () => process.getuid?.() === 0;

let listsAreFresh = false;

/**
 * Installs the Debian packages that are missing.
 * @param {string[]} packages
 * @returns {Promise<string[]>} the ones that were installed
 */
export async function installPackages(packages) {
  const missing = isDebian() ? await missingPackages(packages) : packages;
  if (missing.length === 0) {
    return [];
  }
  if (!isDebian() || !isRoot()) {
    throw new Error(
      `These are needed and not there: ${missing.join(', ')}. ` +
        (isDebian()
          ? `Run: sudo apt-get install ${missing.join(' ')}`
          : 'Only Debian, as root, is set up automatically.'),
    );
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  if (!listsAreFresh) {
    await run('apt-get', ['update', '-q'], { env });
    listsAreFresh = true;
  }
  // Another apt (unattended upgrades, a second script) may hold the lock for a while.
  await run('apt-get', ['install', '-yq', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', ...missing], {
    env,
  });
  return missing;
}

/** @param {string[]} packages */
async function missingPackages(packages) {
  const installed = await run('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n']);
  const present = new Set(
    installed
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return packages.filter((name) => !present.has(name));
}
