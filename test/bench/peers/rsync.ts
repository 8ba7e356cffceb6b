import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Volume } from '../../../src/core/engine';

const run = promisify(execFile);

/** rsync on the volumes' folders, on the engine's own machine and disk: no container to start, no network between. */
export interface Rsync {
  version: string;
  sync(source: Volume, target: Volume): Promise<void>;
}

/** Undefined where rsync cannot be run on the volumes. */
export async function openRsync({ mountpoint }: Volume): Promise<Rsync | undefined> {
  const version = await run('rsync', ['--version']).then(
    ({ stdout }) => /version (\S+)/.exec(stdout)?.[1],
    () => undefined,
  );
  if (!version || !existsSync(mountpoint)) return undefined;
  return {
    version,
    async sync(source, target) {
      await run('rsync', ['-a', '--delete', `${source.mountpoint}/`, `${target.mountpoint}/`]);
      await run('sync', ['-f', target.mountpoint]);
    },
  };
}
