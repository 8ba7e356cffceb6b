// @ts-check
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where downloads and the private engine live: outside the repository, so that `git clean` and a new clone keep them. */
export const cacheFolder =
  process.env.VOLUMES_FOR_DOCKER_CACHE ||
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'volumes-for-docker');

/**
 * A folder inside the cache, made when missing.
 * @param {...string} segments
 */
export async function cached(...segments) {
  const folder = join(cacheFolder, ...segments);
  await mkdir(folder, { recursive: true });
  return folder;
}
