#!/usr/bin/env node
// @ts-check
import { answers } from './engine-api.mjs';
import { databasesImage, ensureImages, testImages } from './images.mjs';
import { startPrivateEngine, stopPrivateEngine } from './private-engine.mjs';
import { ownEngineFolder, socketOf } from './provide-engine.mjs';
import { step } from './step.mjs';

/** `node scripts/testbed/engine.mjs up|down|status`: an engine to develop against where Docker is not installed. */
const root = await ownEngineFolder();
const host = socketOf(root);
const isUp = await answers(host);

switch (process.argv[2]) {
  case 'up':
    if (!isUp) {
      await step('engine', async (say) => say((await startPrivateEngine({ root })).host));
    }
    await step('images', (say) =>
      ensureImages(host, { own: true, say, only: [...Object.values(testImages), databasesImage] }),
    );
    console.log(`DOCKER_HOST=${host}`);
    break;
  case 'down':
    await stopPrivateEngine(root);
    console.log('stopped');
    break;
  case 'status':
    console.log(isUp ? `running: DOCKER_HOST=${host}` : 'not running');
    process.exitCode = isUp ? 0 : 1;
    break;
  default:
    console.error('usage: node scripts/testbed/engine.mjs up|down|status');
    process.exitCode = 2;
}
