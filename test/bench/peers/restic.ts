import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Volume } from '../../../src/core/engine';

const run = promisify(execFile);

/** restic on the volumes' folders, on the engine's own machine and disk: no container to start, no stream between. */
export interface Restic {
  version: string;
  backup(volume: Volume): Promise<void>;
  /** The newest backup, into an empty volume. */
  restore(target: Volume): Promise<void>;
}

/** A repository in a volume of its own; undefined where restic cannot be run on the volumes. */
export async function openRestic(repository: Volume): Promise<Restic | undefined> {
  const version = await run('restic', ['version']).then(
    ({ stdout }) => /^restic (\S+)/.exec(stdout)?.[1],
    () => undefined,
  );
  if (!version || !existsSync(repository.mountpoint)) return undefined;
  const env = {
    ...process.env,
    RESTIC_REPOSITORY: path.join(repository.mountpoint, 'repository'),
    RESTIC_CACHE_DIR: path.join(repository.mountpoint, 'cache'),
    RESTIC_PASSWORD: 'bench',
  };
  const restic = (cwd: string, ...args: string[]) => run('restic', ['--quiet', ...args], { cwd, env });
  await restic('/', 'init');
  return {
    version,
    async backup(volume) {
      await restic(volume.mountpoint, 'backup', '.');
      await run('sync', ['-f', repository.mountpoint]);
    },
    async restore(target) {
      await restic('/', 'restore', 'latest', '--target', target.mountpoint);
      await run('sync', ['-f', target.mountpoint]);
    },
  };
}
