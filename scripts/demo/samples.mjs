// @ts-check
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeContainer, runInContainer, startContainer } from '../testbed/containers.mjs';
import { ask } from '../testbed/engine-api.mjs';
import { testImages } from '../testbed/images.mjs';

/** Marks what the demo made. Nothing without it is ever touched. */
const demoLabel = 'volumes-for-docker.demo';
const project = 'demo-shop';

export const samples = {
  project,
  db: `${project}_db`,
  uploads: `${project}_uploads`,
  unused: 'demo-old-experiment',
  writer: `${project}-db-1`,
};

const composeLabels = (/** @type {'volume' | 'service'} */ kind, /** @type {string} */ name) => ({
  'com.docker.compose.project': project,
  [`com.docker.compose.${kind}`]: name,
});

/** @type {{ name: string, labels: Record<string, string>, content: string }[]} */
const volumes = [
  { name: samples.db, labels: composeLabels('volume', 'db'), content: 'database' },
  { name: samples.uploads, labels: composeLabels('volume', 'uploads'), content: 'uploads' },
  { name: samples.unused, labels: {}, content: 'experiment' },
];

/**
 * A small shop: a database that keeps writing, uploads of a service that is stopped, and a volume nobody uses. Sample
 * volumes of an earlier start are kept, with what was done to them.
 * @param {string} host
 * @param {{ fresh?: boolean }} [options] `fresh`: made anew
 */
export async function makeSamples(host, { fresh = false } = {}) {
  await removeSampleContainers(host);
  if (fresh) {
    await removeSampleVolumes(host);
  }
  const made = await Promise.all(volumes.map((volume) => makeVolume(host, volume)));
  await startContainer(host, {
    name: samples.writer,
    image: testImages.node,
    command: ['node', '-e', await script('ledger-writer.cjs')],
    volumes: { [samples.db]: '/var/lib/ledger' },
    labels: { [demoLabel]: '', ...composeLabels('service', 'db') },
  });
  await startContainer(host, {
    name: `${project}-web-1`,
    image: testImages.node,
    command: ['sleep', 'infinity'],
    volumes: { [samples.uploads]: '/srv/uploads:ro' },
    labels: { [demoLabel]: '', ...composeLabels('service', 'web') },
    start: false,
  });
  return made.some(Boolean) ? 'made' : 'found';
}

/** @param {string} host */
export async function removeSampleContainers(host) {
  for (const { Id } of await ask(host, 'GET', `/containers/json?all=1&filters=${filter}`)) {
    await removeContainer(host, Id);
  }
}

/** @param {string} host */
export async function removeSampleVolumes(host) {
  const { Volumes } = await ask(host, 'GET', `/volumes?filters=${filter}`);
  for (const { Name } of Volumes ?? []) {
    await ask(host, 'DELETE', `/volumes/${encodeURIComponent(Name)}`, { accept: [404] });
  }
}

/** @param {string} name */
export const script = (name) => readFile(join(import.meta.dirname, 'in-container', name), 'utf8');

const filter = encodeURIComponent(JSON.stringify({ label: [demoLabel] }));

/** @param {string} host @param {typeof volumes[number]} volume @returns {Promise<boolean>} whether it was not there */
async function makeVolume(host, { name, labels, content }) {
  await ask(host, 'POST', '/volumes/create', {
    json: { Name: name, Labels: { ...labels, [demoLabel]: content } },
  });
  // Of one that was there, Docker 20.10 forgets the labels in that answer once the engine was restarted.
  const { Labels } = await ask(host, 'GET', `/volumes/${encodeURIComponent(name)}`);
  if (Labels?.[demoLabel] === undefined) {
    throw new Error(`There is a volume ${name} that the demo has not made; it is left alone. Rename or remove it.`);
  }
  const printed = await runInContainer(host, {
    image: testImages.node,
    command: ['node', '-e', await script('fill.cjs'), '/volume', content],
    volumes: { [name]: '/volume' },
    labels: { [demoLabel]: '' },
  });
  return printed.includes('filled');
}
