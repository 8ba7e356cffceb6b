// @ts-check
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installPackages, isRoot } from './debian.mjs';
import { answers, ask } from './engine-api.mjs';
import { unmountUnder } from './mounts.mjs';
import { endProcess, hasEnded, isAlive, processTable, run, signalTo } from './processes.mjs';

/**
 * @typedef {object} EngineOptions
 * @property {string} root folder of the socket, the pid file and the log; keep it short, a socket path has 107 bytes at most
 * @property {string} [dataRoot] volumes, images and containers; `<root>/data` unless said
 * @property {boolean} [bridge] a network for containers; by default only for the first engine of a machine, for two would
 *   fight over `docker0`
 * @property {string} [storageDriver]
 *
 * @typedef {object} PrivateEngine
 * @property {string} host as in DOCKER_HOST
 * @property {number} pid of dockerd; changes with `restart`
 * @property {(signal?: NodeJS.Signals) => Promise<void>} kill ends dockerd only, as a crash does: its containers run on
 * @property {() => Promise<void>} stop ends dockerd, its containerd and its containers
 * @property {() => Promise<void>} restart brings the engine up on the same data, after `kill` or `stop` too
 */

/**
 * Starts a dockerd of our own, with everything it has inside `root`, reached through a socket only.
 * The caller stops it.
 * @param {EngineOptions} options
 * @returns {Promise<PrivateEngine>}
 */
export async function startPrivateEngine(options) {
  if (process.platform !== 'linux' || !isRoot()) {
    throw new Error(
      'No Docker engine answers. Start one and try again (it is set up automatically on Linux as root only).',
    );
  }
  if (!existsSync('/usr/sbin/dockerd') && !existsSync('/usr/bin/dockerd')) {
    await installPackages(['docker.io', 'iptables']);
  }
  const { root } = options;
  const engine = {
    host: `unix://${join(root, 'docker.sock')}`,
    pid: await launch(options),
    async kill(/** @type {NodeJS.Signals} */ signal = 'SIGKILL') {
      signalTo(engine.pid, signal);
      await hasEnded(engine.pid, 15_000);
    },
    stop: () => stopPrivateEngine(root),
    async restart() {
      await endProcess(engine.pid);
      engine.pid = await launch(options);
    },
  };
  return engine;
}

/**
 * Stops the engine of a folder, whoever started it and in whatever state it is.
 * @param {string} root
 */
export async function stopPrivateEngine(root) {
  const host = `unix://${join(root, 'docker.sock')}`;
  if (await answers(host)) {
    await killContainers(host);
  }
  const pid = await pidOf(root);
  if (pid) {
    await endProcess(pid, { graceMs: 20_000 });
  }
  await endOrphans(root);
  await unmountUnder(root);
}

/**
 * Removes an engine's folder with all its volumes and images. The engine must be stopped.
 * @param {string} root
 */
export async function removePrivateEngine(root) {
  await stopPrivateEngine(root);
  await rm(root, { recursive: true, force: true });
}

/**
 * Stops the engines that an interrupted test has left in a folder.
 * @param {string} folder
 */
export async function stopEnginesUnder(folder) {
  for (const { command } of processTable()) {
    const pidFile = command[command.indexOf('--pidfile') + 1] ?? '';
    if (isDockerd(command) && pidFile.startsWith(`${folder}/`)) {
      await stopPrivateEngine(dirname(pidFile));
    }
  }
}

/** @param {EngineOptions} options */
async function launch({ root, dataRoot = join(root, 'data'), bridge = !anyEngineRuns(), storageDriver }) {
  await mkdir(dataRoot, { recursive: true });
  const running = await pidOf(root);
  if (running) {
    throw new Error(`An engine (process ${running}) already uses ${root}`);
  }
  // A killed dockerd leaves these.
  await forgetDeadContainerd(root);
  await rm(join(root, 'pid'), { force: true });
  await rm(join(root, 'docker.sock'), { force: true });
  const log = openSync(join(root, 'dockerd.log'), 'a');
  const args = [
    ...['--host', `unix://${join(root, 'docker.sock')}`],
    ...['--data-root', dataRoot],
    ...['--exec-root', join(root, 'exec')],
    ...['--pidfile', join(root, 'pid')],
    ...(bridge ? ['--ip', '127.0.0.1'] : ['--bridge', 'none', '--iptables=false', '--ip6tables=false']),
    ...(storageDriver ? ['--storage-driver', storageDriver] : []),
  ];
  // Detached: Ctrl+C in the terminal must reach the script only, which then stops the engine in order.
  const child = spawn('dockerd', args, { stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  child.unref();
  const failed = new Promise((_, reject) => child.once('error', reject));
  failed.catch(() => {}); // it is looked at below, and may come before that
  for (const deadline = Date.now() + 60_000; !(await answers(`unix://${join(root, 'docker.sock')}`));) {
    await Promise.race([sleep(100), failed]);
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
      const lastWords = readFileSync(join(root, 'dockerd.log'), 'utf8').trim().split('\n').slice(-10).join('\n');
      if (child.pid && child.exitCode === null) {
        await endProcess(child.pid);
      }
      throw new Error(`dockerd did not start (log: ${join(root, 'dockerd.log')})\n${lastWords}`);
    }
  }
  return /** @type {number} */ (child.pid);
}

/**
 * The running dockerd of a folder. The pid file alone is no proof: after a kill its number may belong to anyone.
 * @param {string} root
 * @returns {Promise<number | undefined>}
 */
async function pidOf(root) {
  const pid = Number(await readFile(join(root, 'pid'), 'utf8').catch(() => ''));
  if (!pid || !isAlive(pid)) {
    return undefined;
  }
  const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
  return command.includes(join(root, 'pid')) ? pid : undefined;
}

const isDockerd = (/** @type {string[]} */ command) => basename(command[0] ?? '') === 'dockerd';
const anyEngineRuns = () => processTable().some(({ command }) => isDockerd(command));

/** Without this a stop waits ten seconds for each container that ignores SIGTERM. @param {string} host */
async function killContainers(host) {
  for (const { Id } of await ask(host, 'GET', '/containers/json')) {
    // A paused container cannot die before it runs again.
    await ask(host, 'POST', `/containers/${Id}/unpause`, { accept: [404, 409, 500] });
    await ask(host, 'POST', `/containers/${Id}/kill`, { accept: [404, 409] });
  }
}

/** Ends what a killed dockerd left: its containers, their shims, its containerd. @param {string} root */
async function endOrphans(root) {
  await resumeContainers(root);
  const containerdFolder = join(root, 'exec', 'containerd');
  const table = processTable();
  const own = table.filter(({ command }) => command.some((argument) => argument.startsWith(`${containerdFolder}/`)));
  const shims = own.filter(({ command }) => command[0]?.includes('shim'));
  const firstProcesses = table.filter(({ parent }) => shims.some(({ pid }) => pid === parent));
  for (const { pid } of [...firstProcesses, ...shims, ...own]) {
    signalTo(pid, 'SIGKILL');
    await hasEnded(pid, 5_000);
  }
}

/** A frozen process does not even die of SIGKILL. @param {string} root */
async function resumeContainers(root) {
  const state = join(root, 'exec', 'runtime-runc', 'moby');
  for (const id of await readdir(state).catch(() => [])) {
    await run('runc', ['--root', state, 'resume', id]).catch(() => {}); // most are not paused
  }
}

/**
 * The kernel ends containerd with a killed dockerd, but a little later, and where nobody reaps it, it stays a zombie
 * that dockerd takes for a running one.
 * @param {string} root
 */
async function forgetDeadContainerd(root) {
  const folder = join(root, 'exec', 'containerd');
  const pid = Number(await readFile(join(folder, 'containerd.pid'), 'utf8').catch(() => ''));
  const isOurs = processTable().some(
    (one) => one.pid === pid && one.command.some((argument) => argument.startsWith(folder)),
  );
  if (!isOurs || (await hasEnded(pid, 5_000))) {
    await rm(join(folder, 'containerd.pid'), { force: true });
  }
}
