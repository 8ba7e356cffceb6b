import type { Volume } from '../../../src/core/engine';
import type { Bed } from '../bed';

/**
 * What people do without us: a command in a container that sees the volume. Run through the engine's API, which saves
 * the peers the start of the `docker` client. Each ends with a flush of what it wrote, as our operations do.
 */
async function inContainer(bed: Bed, source: Volume, target: Volume, script: string): Promise<void> {
  const binds = [`${source.name}:/source:ro`, `${target.name}:/target`];
  await bed.operations.test.run(undefined, ['sh', '-ec', `${script}\nsync -f /target`], { binds, network: 'none' });
}

export const copyVolume = (bed: Bed, source: Volume, target: Volume) =>
  inContainer(bed, source, target, 'cp -a /source/. /target/');

export const packVolume = (bed: Bed, source: Volume, archives: Volume) =>
  inContainer(bed, source, archives, 'tar czf /target/volume.tar.gz -C /source .');

/** Into an empty volume: the emptying, which a restore in place would need, is not counted. */
export const unpackVolume = (bed: Bed, archives: Volume, target: Volume) =>
  inContainer(bed, archives, target, 'tar xzf /source/volume.tar.gz -C /target');
