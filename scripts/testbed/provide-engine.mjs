// @ts-check
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { atEnd } from './at-end.mjs';
import { cached } from './cache.mjs';
import { answers } from './engine-api.mjs';
import { ensureImages, testImages } from './images.mjs';
import { removeLeftovers } from './leftovers.mjs';
import { startPrivateEngine } from './private-engine.mjs';
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

/** @param {string} root folder of a private engine */
export const socketOf = (root) => `unix://${join(root, 'docker.sock')}`;

/**
 * An engine that answers and has the images the tests need. One that is found is used and left alone; else ours is
 * started, and stopped at the end of the script if it was this script that started it.
 * @param {{ more?: string[] }} [options] images beyond those that all tests need
 * @returns {Promise<{ host: string, stop: () => Promise<void> }>}
 */
export async function provideEngine({ more = [] } = {}) {
  const engine = await step('engine', async (say) => {
    const root = await ownEngineFolder();
    const running = socketOf(root);
    const found = await findEngine();
    if (found) {
      say(`found one at ${found}`);
      return { host: found, stop: async () => {}, own: found === running };
    }
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
  const only = [...Object.values(testImages), ...more];
  await step('images', (say) => ensureImages(engine.host, { own: engine.own, say, only }));
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
