// @ts-check
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs a command to its end and returns its output; a failure carries the command and its last words.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean, timeoutMs?: number }} [options] `show`: the output goes to the terminal.
 * @returns {Promise<string>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: options.show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs,
    });
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (chunk) => (stdout += chunk));
    child.stderr?.on('data', (chunk) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) {
        resolve(stdout);
      } else {
        const lastWords = (stderr || stdout).trim().split('\n').slice(-15).join('\n');
        reject(new Error(`${command} ${args.join(' ')} ended with ${signal ?? code}\n${lastWords}`));
      }
    });
  });
}

/** @param {number} pid or, with a negative number, any of a group */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !isZombie(pid);
}

/**
 * A killed child whose parent has not looked yet still answers signal 0.
 * @param {number} pid
 */
function isZombie(pid) {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\)/s, ''));
  } catch {
    return false;
  }
}

/**
 * Sends a signal; a process (or, with a negative number, a group) that is already gone is no error.
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
export function signalTo(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') {
      throw error;
    }
  }
}

/**
 * @param {number} pid
 * @param {number} timeoutMs
 * @returns {Promise<boolean>} whether it has ended in time
 */
export async function hasEnded(pid, timeoutMs) {
  for (const deadline = Date.now() + timeoutMs; isAlive(pid); await sleep(25)) {
    if (Date.now() > deadline) {
      return false;
    }
  }
  return true;
}

/**
 * Ends one process, by its id: asks first, then kills.
 * @param {number} pid
 * @param {{ graceMs?: number }} [options]
 */
export async function endProcess(pid, { graceMs = 10_000 } = {}) {
  signalTo(pid, 'SIGTERM');
  if (!(await hasEnded(pid, graceMs))) {
    signalTo(pid, 'SIGKILL');
    await hasEnded(pid, 5_000);
  }
}

/**
 * Ends a process group that one of our spawns with `detached: true` leads.
 * @param {number} leader
 * @param {{ graceMs?: number }} [options]
 */
export async function endGroup(leader, { graceMs = 5_000 } = {}) {
  signalTo(-leader, 'SIGTERM');
  // Of all: one that ends its own children may take longer than the leader.
  await hasEnded(-leader, graceMs);
  signalTo(-leader, 'SIGKILL');
}

/**
 * Linux: the running processes, for finding the ones a killed engine left behind by their exact command line.
 * @returns {{ pid: number, parent: number, command: string[] }[]}
 */
export function processTable() {
  if (process.platform !== 'linux') {
    return [];
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'latin1').split('\0').slice(0, -1);
        // The second field of stat is the name in parentheses and may hold anything: read after the last ')'.
        const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        return [{ pid: Number(name), parent, command }];
      } catch {
        return []; // it ended while we looked
      }
    });
}
