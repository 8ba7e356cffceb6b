// @ts-check
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findCodeServer } from './code-server.mjs';
import { endGroup } from './processes.mjs';
import { seedSettings } from './vscode-settings.mjs';

/**
 * @typedef {object} WorkbenchOptions
 * @property {string} userDataDir profile and logs; made when missing
 * @property {string} [extensionsDir] `<userDataDir>/extensions` unless said
 * @property {string} [folder] opened as the workspace
 * @property {Record<string, unknown>} [settings] user settings, besides the quiet ones
 * @property {NodeJS.ProcessEnv} [env] of the extension host; this process's unless said
 * @property {number} [port] on loopback; any free one unless said
 * @property {(line: string) => void} [log] the server's own output
 *
 * @typedef {object} Workbench
 * @property {string} url what a browser opens
 * @property {number} pid of the server, which leads a process group of its own
 * @property {string} chromium the browser of the test bed
 * @property {Promise<void>} ended when the server has ended, wanted or not
 * @property {() => Promise<void>} stop
 */

/**
 * Starts VS Code's server and workbench on loopback, once `provideCodeServer` has set them up. The caller stops it.
 * @param {WorkbenchOptions} options
 * @returns {Promise<Workbench>}
 */
export async function startWorkbench(options) {
  const { node, entry, chromium } = findCodeServer();
  const { userDataDir, extensionsDir = join(userDataDir, 'extensions'), log = () => {} } = options;
  await seedSettings(userDataDir, options.settings);
  await mkdir(extensionsDir, { recursive: true });
  const config = join(userDataDir, 'code-server.yaml'); // else the one of the user's home is read, or made
  await writeFile(config, '');
  const args = [
    ...[entry, '--auth', 'none', '--bind-addr', `127.0.0.1:${options.port ?? 0}`, '--config', config],
    ...['--user-data-dir', userDataDir, '--extensions-dir', extensionsDir],
    ...['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust', '--ignore-last-opened'],
    ...['--disable-getting-started-override'],
  ];
  // A group of its own: the server's children are ended with it, and Ctrl+C reaches the script first.
  const server = spawn(node, args, {
    env: forServer(options.env ?? process.env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const pid = server.pid ?? 0;
  const ended = /** @type {Promise<void>} */ (new Promise((resolve) => server.once('close', () => resolve())));
  const stop = async () => {
    await endGroup(pid);
    await ended;
  };
  try {
    const address = await listeningAddress(server, log);
    const url = new URL(address);
    if (options.folder) {
      url.searchParams.set('folder', options.folder);
    }
    return { url: url.href, pid, chromium, ended, stop };
  } catch (error) {
    if (pid) {
      await stop();
    }
    throw error;
  }
}

/** Inside VS Code's terminal these make a new server think it is part of the old one. @param {NodeJS.ProcessEnv} env */
function forServer(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(VSCODE_|ELECTRON_)/.test(name)));
}

/**
 * @param {import('node:child_process').ChildProcess} server
 * @param {(line: string) => void} log
 * @returns {Promise<string>}
 */
function listeningAddress(server, log) {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => fail('is not listening after 60 s'), 60_000);
    const fail = (/** @type {string} */ what) => {
      clearTimeout(timer);
      reject(new Error(`code-server ${what}\n${output.split('\n').slice(-15).join('\n')}`));
    };
    const read = (/** @type {Buffer} */ chunk) => {
      log(String(chunk));
      output += chunk;
      const address = /HTTP server listening on (http:\S+)/.exec(output)?.[1];
      if (address) {
        clearTimeout(timer);
        output = output.slice(-4_000);
        resolve(address);
      }
    };
    server.stdout?.on('data', read);
    server.stderr?.on('data', read);
    server.once('error', (error) => fail(error.message));
    server.once('close', (code, signal) => fail(`ended with ${signal ?? code}`));
  });
}
