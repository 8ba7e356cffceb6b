// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { top } from './dependencies.mjs';
import { atEnd } from './testbed/at-end.mjs';
import { endGroup } from './testbed/processes.mjs';

/** A job that takes longer hangs. In the long mode, tests of chance are repeated until they make a proof. */
const limitMs = (process.env.VFD_LONG === '1' ? 60 : 25) * 60_000;
/** After the last test the process should end by itself; one that does not has left something open. */
const endLimitMs = 30_000;

/** For what it has printed at its very end; who outlives it may keep its output open. */
const lastWordsMs = 1_000;

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Result
 */

/**
 * Runs the tests of one process in a process group of its own.
 * @param {import('./tiers.mjs').Job} job
 * @param {{ node: string, env: NodeJS.ProcessEnv, scratch: string, write: (text: string) => void }} options
 * @returns {Promise<Result & { problem?: string }>} `problem`: why the job has failed beyond single tests
 */
export async function runJob({ name, args }, { node, env, scratch, write }) {
  const resultFile = join(scratch, `${name.replaceAll(sep, '-')}.json`);
  const child = spawn(node, args, {
    cwd: top,
    env: { ...env, VFD_RESULT_FILE: resultFile, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', write);
  }
  const pid = child.pid ?? 0;
  const stop = atEnd(() => endGroup(pid));
  const watch = new AbortController();
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? code));
  });
  const closed = once(child, 'close');
  closed.catch(() => {}); // it could not be started: `ended` says why
  const late = tooLong(resultFile, watch.signal);
  const end = await Promise.race([ended, late]);
  watch.abort();
  await stop(); // also when it has ended: its children may not have
  await Promise.race([closed, sleep(lastWordsMs)]);

  const result = await readFile(resultFile, 'utf8').then(
    (text) => /** @type {Result} */ (JSON.parse(text)),
    () => ({ passed: 0, failed: 0, skipped: 0 }),
  );
  const problem = problemOf(result, end, existsSync(resultFile));
  return problem && result.failed === 0 ? { ...result, failed: 1, problem } : { ...result, problem };
}

/** @param {Result} result @param {unknown} end @param {boolean} finished */
function problemOf(result, end, finished) {
  if (!finished || typeof end === 'string') {
    return `did not come to its end (${end})`;
  }
  if (result.passed + result.failed === 0) {
    return 'ran no test';
  }
  return end !== 0 && result.failed === 0 ? `ended with ${end} after its last test` : undefined;
}

/**
 * @param {string} resultFile
 * @param {AbortSignal} signal
 * @returns {Promise<string>} when the process must be ended, why
 */
async function tooLong(resultFile, signal) {
  const deadline = Date.now() + limitMs;
  for (let finishedAt = 0; !signal.aborted; await sleep(250)) {
    finishedAt ||= existsSync(resultFile) ? Date.now() : 0;
    if (finishedAt && Date.now() - finishedAt > endLimitMs) {
      return `its process still ran ${endLimitMs / 1000} s after the last test: something was left open`;
    }
    if (Date.now() > deadline) {
      return `stopped after ${limitMs / 60_000} minutes`;
    }
  }
  return 'not needed';
}
