// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { run } from './processes.mjs';

/**
 * Unmounts everything below a folder, deepest first: what killed containers or tests left. A folder with a mount in it
 * cannot be removed, or worse, what is mounted would be removed with it.
 * @param {string} folder
 */
export async function unmountUnder(folder) {
  if (!existsSync('/proc/mounts')) {
    return;
  }
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => unescapeOctal(line.split(' ')[1] ?? ''))
    .filter((point) => point.startsWith(`${folder}/`));
  for (const point of mounts.reverse()) {
    await run('umount', ['--lazy', point]).catch(() => {}); // another one may have taken it along
  }
}

/** @param {string} text */
const unescapeOctal = (text) => text.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8)));
