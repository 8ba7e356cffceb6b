// @ts-check
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runInContainer } from './containers.mjs';
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
  const command = ['python3', '-c', await readFile(script, 'utf8'), '/the-volume'];
  const lines = await runInContainer(host, {
    image: testImages.python,
    command,
    volumes: { [volume]: '/the-volume:ro' },
  });
  return new Map(
    lines
      .trim()
      .split('\n')
      .map((line) => {
        const { blocks: _, ...entry } = JSON.parse(line);
        return [entry.path, JSON.stringify(entry)];
      }),
  );
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
