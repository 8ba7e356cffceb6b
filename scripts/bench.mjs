// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { installDependencies, top } from './dependencies.mjs';
import { atEnd, stopAll } from './testbed/at-end.mjs';
import { installPackages } from './testbed/debian.mjs';
import { findNode } from './testbed/node.mjs';
import { endGroup, run } from './testbed/processes.mjs';
import { provideEngine } from './testbed/provide-engine.mjs';
import { step } from './testbed/step.mjs';
import { remotePackages } from './tiers.mjs';

/** `npm run bench`: ours beside tar, zstd, cp, restic and rclone in one run. The options are those of test/bench/bench.main.ts. */
try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
await stopAll();

async function main() {
  await installDependencies();
  await step('build', () => run(process.execPath, ['esbuild.js', '--tests', '--production'], { cwd: top }));
  await step('peers', providePeers);
  const { host } = await provideEngine();
  const bench = spawn(
    await findNode(),
    ['--enable-source-maps', 'out/test/bench/bench.main.js', ...process.argv.slice(2)],
    {
      cwd: top,
      env: { ...process.env, DOCKER_HOST: host },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    },
  );
  // Interrupted, it removes what it made on the engine before the engine goes.
  const stop = atEnd(() => endGroup(bench.pid ?? 0, { graceMs: 30_000 }));
  const [code] = await once(bench, 'exit');
  await stop();
  return code ?? 1;
}

/** A peer that is missing is left out of the table: no reason to measure nothing. @param {(found: string) => void} say */
async function providePeers(say) {
  try {
    const installed = await installPackages(['restic', 'rsync', 'zstd', ...remotePackages]);
    say(installed.length > 0 ? 'installed' : 'found');
  } catch (error) {
    say(`not there (${error instanceof Error ? error.message : error})`);
  }
}
