// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';

const intervalMs = 50;

/**
 * Looks again and again until `look` gives something, and returns that.
 * @template T
 * @param {string} what is waited for, for the error's sake
 * @param {() => Promise<T | undefined | null | false> | T | undefined | null | false} look
 * @param {{ timeoutMs?: number, describe?: () => unknown }} [options] `describe`: what is there instead
 * @returns {Promise<T>}
 */
export async function until(what, look, { timeoutMs = 15_000, describe } = {}) {
  for (const deadline = Date.now() + timeoutMs; ; await sleep(intervalMs)) {
    const found = await look();
    if (found) {
      return found;
    }
    if (Date.now() > deadline) {
      const instead = describe ? `; there is ${JSON.stringify(await describe())}` : '';
      throw new Error(`waited ${timeoutMs / 1000} s for ${what}${instead}`);
    }
  }
}
