// @ts-check
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { spawn } from 'node:child_process';
import { cached } from './cache.mjs';
import { installPackages, isDebian, isRoot } from './debian.mjs';
import { ask, send } from './engine-api.mjs';
import { installNode24 } from './node.mjs';
import { run } from './processes.mjs';

/** The base of everything, the agent's default image, and the one with a second implementation to compare trees with. */
export const testImages = {
  debian: 'debian:stable-slim',
  node: 'node:24-slim',
  python: 'volumes-for-docker-test/python:1',
};

/** PostgreSQL, MariaDB and Redis, each with the data directory that its Debian package sets up. */
export const databasesImage = 'volumes-for-docker-test/databases:1';

/** What the images of ours add to Debian. @type {Record<string, string[]>} */
const packagesOf = {
  [testImages.python]: ['python3-minimal', 'libpython3-stdlib', 'python3', 'attr', 'acl', 'rsync', 'zstd'],
  [databasesImage]: ['postgresql', 'mariadb-server', 'redis-server', 'procps'],
};

/**
 * @typedef {object} Where
 * @property {boolean} own the engine is ours: it has no registry to pull from, and containers of it may use the host's network
 * @property {(found: string) => void} [say]
 */

/**
 * Makes sure that an engine has the images of the tests: those present first, then our cache, then a pull or a build.
 * @param {string} host
 * @param {Where & { only?: string[] }} where
 */
export async function ensureImages(host, { own, say = () => {}, only = Object.values(testImages) }) {
  for (const image of only) {
    if (await isPresent(host, image)) {
      say(`${image} is there`);
    } else if (own && (await load(host, image))) {
      say(`${image} from the cache`);
    } else {
      say(`${image} ${await make(host, image, own)}`);
      if (own) {
        await save(host, image);
      }
    }
  }
}

/** @param {string} host @param {string} image */
async function isPresent(host, image) {
  const answer = await send(host, 'GET', `/images/${image}/json`, { accept: [404] });
  answer.resume();
  return answer.statusCode === 200;
}

/** @param {string} host @param {string} image @param {boolean} own */
async function make(host, image, own) {
  const packages = packagesOf[image];
  if (packages) {
    await ensureImages(host, { own, only: [testImages.debian] });
    await installInto(host, image, packages, own);
    return 'built';
  }
  if (!own && (await pull(host, image))) {
    return 'pulled';
  }
  if (image === testImages.debian) {
    await importDebian(host);
  } else {
    await ensureImages(host, { own, only: [testImages.debian] });
    await makeNodeImage(host);
  }
  return 'made from Debian packages';
}

/** @param {string} host @param {string} image */
async function pull(host, image) {
  const [name, tag] = image.split(':');
  try {
    await ask(host, 'POST', `/images/create?fromImage=${name}&tag=${tag}`, { timeoutMs: 60_000 });
    return true;
  } catch (error) {
    if (isDebian() && isRoot()) {
      return false; // no registry within reach: it can be made here
    }
    throw error;
  }
}

/** @param {string} host */
async function importDebian(host) {
  const rootfs = await debianRootfs();
  await ask(
    host,
    'POST',
    `/images/create?fromSrc=-&repo=debian&tag=stable-slim&changes=${encodeURIComponent('CMD ["bash"]')}`,
    {
      body: createReadStream(rootfs),
    },
  );
}

/** A minimal Debian of the release this machine runs. @returns {Promise<string>} a tar archive */
async function debianRootfs() {
  const folder = await cached('images');
  const archive = join(folder, 'debian-rootfs.tar');
  if (!existsSync(archive)) {
    await installPackages(['debootstrap']);
    const tree = join(folder, 'debootstrap');
    await rm(tree, { recursive: true, force: true });
    const release = /^VERSION_CODENAME=(\w+)/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1] ?? 'stable';
    await run('debootstrap', ['--variant=minbase', release, tree]);
    await rm(join(tree, 'var/cache/apt/archives'), { recursive: true, force: true });
    await mkdir(join(tree, 'var/cache/apt/archives/partial'), { recursive: true });
    await run('tar', ['--numeric-owner', '--exclude=./dev/*', '-C', tree, '-cf', `${archive}.part`, '.']);
    await rename(`${archive}.part`, archive);
    await rm(tree, { recursive: true, force: true });
  }
  return archive;
}

/** Debian plus the Node 24 binary, put into a container that is never started. @param {string} host */
async function makeNodeImage(host) {
  const tree = join(await cached('images'), 'node-layer');
  await mkdir(join(tree, 'usr/local/bin'), { recursive: true });
  await copyFile(await installNode24(), join(tree, 'usr/local/bin/node'));
  const container = await ask(host, 'POST', '/containers/create', {
    json: { Image: testImages.debian, Cmd: ['true'] },
  });
  try {
    const tar = spawn('tar', ['--numeric-owner', '--owner=0', '--group=0', '-C', tree, '-c', '.'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await ask(host, 'PUT', `/containers/${container.Id}/archive?path=/`, { body: tar.stdout });
    await commit(host, container.Id, testImages.node, { Cmd: ['node'] });
  } finally {
    await ask(host, 'DELETE', `/containers/${container.Id}?force=1`);
    await rm(tree, { recursive: true, force: true });
  }
}

/** Debian with more packages. @param {string} host @param {string} image @param {string[]} packages @param {boolean} own */
async function installInto(host, image, packages, own) {
  const install =
    `apt-get update -q && apt-get install -yq --no-install-recommends ${packages.join(' ')} ` +
    '&& rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/apt/archives/*.deb ' +
    '/usr/share/doc /usr/share/man /usr/share/locale /usr/share/i18n';
  const container = await ask(host, 'POST', '/containers/create', {
    json: {
      Image: testImages.debian,
      Cmd: ['sh', '-c', install],
      Env: ['DEBIAN_FRONTEND=noninteractive'],
      // Our own engine may have no bridge, and a machine without one has no other way out.
      HostConfig: own ? { NetworkMode: 'host' } : {},
    },
  });
  try {
    await ask(host, 'POST', `/containers/${container.Id}/start`);
    const { StatusCode } = await ask(host, 'POST', `/containers/${container.Id}/wait`);
    if (StatusCode !== 0) {
      const log = await ask(host, 'GET', `/containers/${container.Id}/logs?stdout=1&stderr=1&tail=10`);
      throw new Error(`${image} could not be built:\n${log}`);
    }
    await commit(host, container.Id, image, { Cmd: ['bash'] });
  } finally {
    await ask(host, 'DELETE', `/containers/${container.Id}?force=1`);
  }
}

/** @param {string} host @param {string} container @param {string} image @param {object} config */
async function commit(host, container, image, config) {
  const [repo, tag] = image.split(':');
  await ask(host, 'POST', `/commit?container=${container}&repo=${repo}&tag=${tag}`, { json: config });
}

/** @param {string} image */
const cacheFile = async (image) => join(await cached('images'), `${image.replace(/[/:]/g, '_')}.tar`);

/** @param {string} host @param {string} image */
async function load(host, image) {
  const file = await cacheFile(image);
  if (!existsSync(file)) {
    return false;
  }
  await ask(host, 'POST', '/images/load?quiet=1', { body: createReadStream(file) });
  return isPresent(host, image);
}

/** @param {string} host @param {string} image */
async function save(host, image) {
  const file = await cacheFile(image);
  const part = `${file}.${process.pid}.part`;
  await pipeline(await send(host, 'GET', `/images/${image}/get`), createWriteStream(part));
  await rename(part, file);
}
