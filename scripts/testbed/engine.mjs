#!/usr/bin/env node
// @ts-check
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { atEnd } from './at-end.mjs';
import { cached } from './cache.mjs';
import { answers } from './engine-api.mjs';
import { ensureImages } from './images.mjs';
import { removeLeftovers } from './leftovers.mjs';
import { startPrivateEngine, stopPrivateEngine } from './private-engine.mjs';
import { run } from './processes.mjs';
import { step } from './step.mjs';

/**
 * The engine a developer already has: DOCKER_HOST, the current context, the default socket, in that order.
 * @returns {Promise<string | undefined>} as in DOCKER_HOST
 */
export async function findEngine() {
  const candidates = [process.env.DOCKER_HOST, await hostOfCurrentContext(), ...defaultSockets()];
  for (const host of candidates) {
    if (host && (await answers(host))) {
      return host;
    }
  }
  return undefined;
}

/** The engine of the test bed lives here, its images kept from run to run. */
export const ownEngineFolder = () => cached('engine');

/**
 * An engine that answers and has the images the tests need. One that is found is used and left alone; else ours is
 * started, and stopped at the end of the script if it was this script that started it.
 * @returns {Promise<{ host: string, stop: () => Promise<void> }>}
 */
export async function provideEngine() {
  const engine = await step('engine', async (say) => {
    const found = await findEngine();
    if (found) {
      say(`found one at ${found}`);
      return { host: found, stop: async () => {}, own: false };
    }
    const root = await ownEngineFolder();
    const running = `unix://${join(root, 'docker.sock')}`;
    if (await answers(running)) {
      say(`ours is running at ${running}`);
      return { host: running, stop: async () => {}, own: true };
    }
    const started = await startPrivateEngine({ root });
    say(`set up a private one at ${started.host}`);
    return { host: started.host, stop: atEnd(() => started.stop()), own: true, fresh: true };
  });
  if ('fresh' in engine) {
    await removeLeftovers(engine.host);
  }
  await step('images', (say) => ensureImages(engine.host, { own: engine.own, say }));
  return engine;
}

/** @returns {Promise<string | undefined>} */
async function hostOfCurrentContext() {
  try {
    const out = await run('docker', ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'], {
      timeoutMs: 10_000,
    });
    return out.trim() || undefined;
  } catch {
    return undefined; // no docker client, or a broken context: the sockets are tried next
  }
}

function defaultSockets() {
  if (process.platform === 'win32') {
    return ['npipe:////./pipe/docker_engine'];
  }
  return ['/var/run/docker.sock', join(homedir(), '.docker/run/docker.sock')]
    .filter((path) => existsSync(path))
    .map((path) => `unix://${path}`);
}

/** `node scripts/testbed/engine.mjs up|down|status`: an engine to develop against, without Docker installed. */
async function main(/** @type {string | undefined} */ command) {
  const root = await ownEngineFolder();
  const host = `unix://${join(root, 'docker.sock')}`;
  const isUp = await answers(host);
  if (command === 'up') {
    if (!isUp) {
      await step('engine', async (say) => {
        say((await startPrivateEngine({ root })).host);
      });
    }
    await step('images', (say) => ensureImages(host, { own: true, say }));
    console.log(`DOCKER_HOST=${host}`);
  } else if (command === 'down') {
    await stopPrivateEngine(root);
    console.log('stopped');
  } else if (command === 'status') {
    console.log(isUp ? `running: DOCKER_HOST=${host}` : 'not running');
    process.exitCode = isUp ? 0 : 1;
  } else {
    console.error('usage: engine.mjs up|down|status');
    process.exitCode = 2;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(process.argv[2]);
}
