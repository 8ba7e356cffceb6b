// @ts-check
// The agent runs on the engine's architecture, not on ours, so the VSIX carries koffi's binaries for both. npm installs
// only the one of this machine; the other is fetched as a package and checked against the lock file's integrity.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cached } from './testbed/cache.mjs';

const architectures = ['x64', 'arm64'];

/** Puts `native/linux-<arch>/koffi.node` of every architecture into `dist`. */
export async function addNativeBinaries(/** @type {string} */ root, dist = path.join(root, 'dist')) {
  for (const arch of architectures) {
    const folder = path.join(dist, 'native', `linux-${arch}`);
    mkdirSync(folder, { recursive: true });
    copyFileSync(await binaryOf(root, arch), path.join(folder, 'koffi.node'));
  }
}

/** @param {string} root @param {string} arch */
async function binaryOf(root, arch) {
  const name = `@koromix/koffi-linux-${arch}`;
  const file = path.join(`linux_${arch}`, 'koffi.node');
  const installed = path.join(root, 'node_modules', name, file);
  if (existsSync(installed)) return installed;
  const locked = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages[
    `node_modules/${name}`
  ];
  const folder = await cached('koffi', `${locked.version}-${arch}`);
  const unpacked = path.join(folder, 'package', file);
  if (!existsSync(unpacked)) unpack(`${name}@${locked.version}`, locked.integrity, folder);
  return unpacked;
}

/** @param {string} spec @param {string} integrity @param {string} folder */
function unpack(spec, integrity, folder) {
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', spec, '--json', '--pack-destination', folder], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      shell: process.platform === 'win32',
    }),
  );
  const archive = path.join(folder, path.basename(filename));
  const digest = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (digest !== integrity) {
    rmSync(archive);
    throw new Error(`${spec} is not what package-lock.json names: expected ${integrity}, got ${digest}`);
  }
  execFileSync('tar', ['-xzf', archive, '-C', folder]);
}
