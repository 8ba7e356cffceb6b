// @ts-check
import { availableParallelism } from 'node:os';
import { inOrder } from './in-order.mjs';
import { runJob } from './run-job.mjs';

/**
 * @typedef {import('./run-job.mjs').Result & { name: string, seconds: number, problems: string[] }} TierResult
 */

/** The line that a reader or a script looks for. @param {import('./run-job.mjs').Result} result */
export const summary = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;

/** At least two, for most tests wait most of the time; with more than there are cores, those of the user interface come too late. */
const atOnce = Math.min(Math.max(availableParallelism(), 2), 4);

/**
 * Runs the jobs of tiers side by side. What they print is shown tier by tier, each ending with its line `N passed, N failed`.
 * @param {readonly import('./tiers.mjs').Tier[]} tiers in the order in which they are begun and shown
 * @param {{ node: string, env: NodeJS.ProcessEnv, scratch: string }} context
 * @returns {Promise<TierResult[]>}
 */
export async function runTiers(tiers, context) {
  const output = inOrder((text) => process.stdout.write(text));
  const runs = tiers.map((tier) => new TierRun(tier, output));
  const isReady = (/** @type {TierRun} */ { tier, waiting }) =>
    waiting.length > 0 && runs.every((other) => other.hasEnded || !tier.after?.includes(other.tier.name));

  const running = new Set();
  for (;;) {
    const next = running.size < atOnce ? runs.find(isReady) : undefined;
    if (next) {
      const job = next.runNext(context).finally(() => running.delete(job));
      running.add(job);
    } else if (running.size > 0) {
      await Promise.race(running);
    } else {
      return runs.map(({ result }) => result);
    }
  }
}

/** One tier, from the start of its first job to the end of its last. */
class TierRun {
  /** @type {number} */
  #start = 0;
  #left;
  #line;

  /** @param {import('./tiers.mjs').Tier} tier @param {ReturnType<typeof inOrder>} output */
  constructor(tier, output) {
    this.tier = tier;
    const header = output.add();
    header.write(`\n── ${tier.name} ──\n`);
    header.end();
    this.waiting = tier.jobs().map((job) => ({ ...job, part: output.add() }));
    this.#left = this.waiting.length;
    this.#line = output.add();
    /** @type {TierResult} */
    this.result = { name: tier.name, seconds: 0, passed: 0, failed: 0, skipped: 0, problems: [] };
  }

  get hasEnded() {
    return this.#left === 0;
  }

  /** @param {Parameters<typeof runTiers>[1]} context */
  async runNext(context) {
    const job = this.waiting.shift();
    if (!job) {
      throw new Error(`${this.tier.name} has no job left`);
    }
    this.#start ||= performance.now();
    const { problem, ...counts } = await runJob(job, { ...context, write: job.part.write });
    job.part.end();
    const { result } = this;
    result.passed += counts.passed;
    result.failed += counts.failed;
    result.skipped += counts.skipped;
    result.problems.push(...(problem ? [`${job.name} ${problem}`] : []));
    result.seconds = (performance.now() - this.#start) / 1000;
    this.#left -= 1;
    if (this.hasEnded) {
      this.#line.write(`${summary(result)}\n`);
      this.#line.end();
    }
  }
}
