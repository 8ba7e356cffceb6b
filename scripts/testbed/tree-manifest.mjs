// @ts-check
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execInContainer, runInContainer } from './containers.mjs';
import { testImages } from './images.mjs';

const script = join(import.meta.dirname, '..', '..', 'test', 'fixtures', 'tree-manifest.py');

/** @typedef {Map<string, string>} TreeManifest everything about each entry, by its path */

/**
 * What a volume holds, seen by an implementation that shares no code with the extension: names, types, modes, owners,
 * times to the nanosecond, links, extended attributes and the SHA-256 of every file.
 * @param {string} host
 * @param {string} volume
 * @returns {Promise<TreeManifest>}
 */
export async function treeManifest(host, volume) {
  const command = await manifestCommand('/the-volume');
  const volumes = { [volume]: '/the-volume:ro' };
  return parseManifest(await runInContainer(host, { image: testImages.python, command, volumes }));
}

/**
 * The same of a folder in a running container of the Python image.
 * @param {string} host
 * @param {string} container
 * @param {string} folder
 * @returns {Promise<TreeManifest>}
 */
export async function treeManifestIn(host, container, folder) {
  return parseManifest(await execInContainer(host, container, await manifestCommand(folder)));
}

/** @param {string} folder */
const manifestCommand = async (folder) => ['python3', '-c', await readFile(script, 'utf8'), folder];

/** @param {string} lines @returns {TreeManifest} */
function parseManifest(lines) {
  const entries = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return new Map(entries.map(({ blocks: _, ...entry }) => [entry.path, JSON.stringify(entry)]));
}

/**
 * @param {TreeManifest} before
 * @param {TreeManifest} after
 * @returns {string[]} one line for each entry that differs
 */
export function differences(before, after) {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths]
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => `${path || '(root)'}: ${before.get(path) ?? 'not there'} → ${after.get(path) ?? 'gone'}`);
}
