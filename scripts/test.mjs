// @ts-check
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installDependencies, top } from './dependencies.mjs';
import { runTiers, summary } from './run-tiers.mjs';
import { atEnd, stopAll } from './testbed/at-end.mjs';
import { installPackages, isDebian } from './testbed/debian.mjs';
import { databasesImage } from './testbed/images.mjs';
import { provideCodeServer } from './testbed/install-code-server.mjs';
import { unmountUnder } from './testbed/mounts.mjs';
import { findNode, installNode24 } from './testbed/node.mjs';
import { stopObjectStorageUnder } from './testbed/object-storage.mjs';
import { stopEnginesUnder } from './testbed/private-engine.mjs';
import { run } from './testbed/processes.mjs';
import { provideEngine } from './testbed/provide-engine.mjs';
import { step } from './testbed/step.mjs';
import { agentPackages, composePackages, remotePackages, tiers } from './tiers.mjs';

/** `npm test`, or some tiers of it: `node scripts/test.mjs unit engine`. Sets up what they need, and nothing else. */
const names = process.argv.slice(2);
const unknown = names.filter((name) => !tiers.some((tier) => tier.name === name));
if (unknown.length > 0) {
  console.error(`There is no tier ${unknown.join(', ')}: ${tiers.map((tier) => tier.name).join(', ')}`);
  process.exit(2);
}
const chosen = tiers.filter((tier) => names.length === 0 || names.includes(tier.name));

let passed = false;
try {
  passed = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed');
}
await stopAll();
process.exit(process.exitCode ?? (passed ? 0 : 1)); // an interrupt has set its own code

async function main() {
  await installDependencies();
  await step('build', () => run(process.execPath, ['esbuild.js', '--tests'], { cwd: top }));
  const scratch = await makeScratch();
  const { node, env } = await setUp(new Set(chosen.flatMap((tier) => tier.needs)));

  const results = await runTiers(chosen, { node, env: { ...env, TMPDIR: scratch }, scratch });
  return report(results);
}

/** @param {Set<import('./tiers.mjs').Part>} needs */
async function setUp(needs) {
  const node = await step('node', async (say) => {
    const path = await findNode();
    say(path);
    return path;
  });
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, VFD_TESTBED: '1', VFD_REPORTER: join(top, 'scripts', 'mocha-reporter.cjs') };
  if (needs.size > 0) {
    env.VFD_NODE24 = await installNode24();
  }
  const packages = [
    ...(needs.has('packages') ? agentPackages : []),
    ...(needs.has('compose') ? composePackages : []),
    ...(needs.has('remotes') ? remotePackages : []),
  ];
  if (packages.length > 0 && isDebian()) {
    await step('Debian packages', async (say) => {
      const installed = await installPackages(packages);
      say(installed.length > 0 ? `installed ${installed.join(', ')}` : 'found all');
    });
  }
  if (needs.has('browser')) {
    await provideCodeServer();
  }
  if (needs.has('engine')) {
    env.DOCKER_HOST = (await provideEngine({ more: needs.has('databases') ? [databasesImage] : [] })).host;
  }
  return { node, env };
}

/** A temporary folder of this run. On Linux not in /tmp: that may be a tmpfs, whose files behave unlike those of volumes. */
async function makeScratch() {
  const scratch = await mkdtemp(join(process.platform === 'linux' ? '/var/tmp' : tmpdir(), 'vfd-'));
  atEnd(async () => {
    await stopEnginesUnder(scratch);
    await stopObjectStorageUnder(scratch);
    await unmountUnder(scratch);
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  });
  return scratch;
}

/** @param {import('./run-tiers.mjs').TierResult[]} results */
function report(results) {
  console.log('');
  for (const { name, seconds, problems, ...counts } of results) {
    console.log(`${name.padEnd(12)} ${[summary(counts), ...problems].join(', ')} (${seconds.toFixed(1)} s)`);
  }
  const total = (/** @type {'passed' | 'failed'} */ key) => results.reduce((sum, result) => sum + result[key], 0);
  console.log(`${total('passed')} passed, ${total('failed')} failed`);
  return total('failed') === 0;
}
