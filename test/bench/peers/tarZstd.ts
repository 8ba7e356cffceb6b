import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Volume } from '../../../src/core/engine';

const run = promisify(execFile);

/** On the engine's own machine and disk, as `restic.ts`: no container to start, no stream to somewhere else. */
export async function packWithZstd(volume: Volume, file: string): Promise<void> {
  const script = 'set -o pipefail; tar -C "$1" -cf - . | zstd -T0 -3 -q -f -o "$2"; sync "$2"';
  await run('bash', ['-ec', script, 'bash', volume.mountpoint, file]);
}

/** With all that a tar of GNU's can say. */
export async function unpackZstd(file: string, into: Volume): Promise<void> {
  const all = ['--xattrs', '--xattrs-include=*', '--acls', '--numeric-owner', '--same-owner'];
  await run('tar', ['--zstd', '-xpf', file, ...all, '-C', into.mountpoint]);
}

export async function hasTarZstd(archives: Volume): Promise<boolean> {
  const isInstalled = await run('zstd', ['--version']).then(
    () => true,
    () => false,
  );
  return isInstalled && existsSync(archives.mountpoint);
}
