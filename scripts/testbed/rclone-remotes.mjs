// @ts-check
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atEnd } from './at-end.mjs';
import { endProcess } from './processes.mjs';

/**
 * @typedef {'local' | 'webdav' | 'sftp'} RemoteName
 * @typedef {object} RcloneRemotes
 * @property {string} configFile
 * @property {string} otherPassword the configuration with a password that the servers do not take
 * @property {string} password as nobody may find it anywhere
 * @property {string} obscured the same as the configuration has it
 * @property {(name: RemoteName) => string} folderOf what a remote shows
 * @property {(name: 'webdav' | 'sftp', signal: NodeJS.Signals) => Promise<void>} kill
 * @property {(name: 'webdav' | 'sftp') => Promise<void>} start once it is killed
 * @property {() => Promise<void>} stop
 */

/**
 * Three remotes of rclone: `local`, an alias of a folder, and `webdav` and `sftp`, with servers on loopback that are
 * rclone's own.
 * @param {string} folder for all of it
 * @returns {Promise<RcloneRemotes>}
 */
export async function startRcloneRemotes(folder) {
  const password = `canary-${randomBytes(9).toString('hex')}`;
  const ports = { webdav: await freePort(), sftp: await freePort() };
  /** @param {RemoteName} name */
  const folderOf = (name) => join(folder, name);
  for (const name of /** @type {const} */ (['local', 'webdav', 'sftp'])) await mkdir(folderOf(name));

  const obscured = await obscure(password);
  const configFile = join(folder, 'rclone.conf');
  const noKeys = join(folder, 'no-keys');
  await writeFile(noKeys, '');
  const otherPassword = join(folder, 'other-password.conf');
  await writeFile(configFile, config(folderOf('local'), ports, obscured), { mode: 0o600 });
  await writeFile(otherPassword, config(folderOf('local'), ports, await obscure('not the one')), { mode: 0o600 });

  /** @type {Map<'webdav' | 'sftp', number>} */
  const servers = new Map();
  /** @param {'webdav' | 'sftp'} name */
  const start = async (name) => {
    const address = `127.0.0.1:${ports[name]}`;
    // Tests look into the folders themselves, so nothing is remembered of them.
    const args = ['serve', name, folderOf(name), '--addr', address, '--dir-cache-time', '0s'];
    if (name === 'sftp') args.push('--authorized-keys', noKeys);
    const child = spawn('rclone', args, {
      stdio: 'ignore',
      // What is in the arguments, everybody can read; and nothing goes into the home folder.
      env: {
        ...process.env,
        RCLONE_CONFIG: '/dev/null',
        RCLONE_CACHE_DIR: join(folder, 'cache'),
        RCLONE_USER: 'tester',
        RCLONE_PASS: password,
      },
    });
    if (child.pid === undefined) throw new Error('rclone cannot be started');
    servers.set(name, child.pid);
    child.unref();
    process.once('exit', () => child.kill('SIGKILL'));
    await answers(ports[name], child);
  };
  /** @type {RcloneRemotes['kill']} */
  const kill = async (name, signal) => {
    const pid = servers.get(name);
    if (pid === undefined) return;
    servers.delete(name);
    if (signal === 'SIGKILL') process.kill(pid, signal);
    await endProcess(pid);
  };
  const stop = atEnd(async () => {
    for (const name of [...servers.keys()]) await kill(name, 'SIGTERM');
  });
  await start('webdav');
  await start('sftp');
  return { configFile, otherPassword, password, obscured, folderOf, kill, start, stop };
}

/** @param {string} local @param {{ webdav: number, sftp: number }} ports @param {string} pass */
const config = (local, ports, pass) =>
  [
    '[local]',
    'type = alias',
    `remote = ${local}`,
    '[webdav]',
    'type = webdav',
    `url = http://127.0.0.1:${ports.webdav}`,
    'vendor = other',
    'user = tester',
    `pass = ${pass}`,
    '[sftp]',
    'type = sftp',
    'host = 127.0.0.1',
    `port = ${ports.sftp}`,
    'user = tester',
    `pass = ${pass}`,
    'shell_type = none',
    '',
  ].join('\n');

/** As rclone writes passwords into its configuration. @param {string} password @returns {Promise<string>} */
function obscure(password) {
  return new Promise((resolve, reject) => {
    const child = spawn('rclone', ['obscure', '-'], { stdio: ['pipe', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (part) => (text += part));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(text.trim()) : reject(new Error(`rclone obscure: ${code}`))));
    child.stdin.end(password);
  });
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/** @param {number} port @param {import('node:child_process').ChildProcess} server */
async function answers(port, server) {
  for (let n = 0; n < 400 && server.exitCode === null; n++) {
    const isThere = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (isThere) return;
    await sleep(50);
  }
  throw new Error('the server of rclone does not answer');
}
