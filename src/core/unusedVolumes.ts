import type { Container, Volume } from './engine';
import { hasOwnPlace } from './newVolumeSpec';
import { uses } from './operations/users';
import { aliasesOf } from './volumeFolders';

/** A volume that nothing on the engine refers to, and what tells whether somebody may still want it. */
export interface UnusedVolume {
  volume: Volume;
  /** `anonymous`: no person has named it. `project`: of a Compose project, which takes it again when it comes up. */
  why: 'anonymous' | 'project' | 'named';
}

export interface Unused {
  unused: UnusedVolume[];
  /** No container of this engine refers to them; but others may use them, or their data: they are not for us to offer. */
  unknown: Volume[];
}

/**
 * The volumes that may be removed because nothing uses them. Both have to say so: the engine (`dangling`: names), and no container,
 * in any state, uses the volume's files, be it by another volume of the same folder or by a bind mount.
 */
export function unusedVolumes(inventory: {
  volumes: readonly Volume[];
  containers: readonly Container[];
  dangling: readonly string[];
}): Unused {
  const { volumes, containers } = inventory;
  const dangling = new Set(inventory.dangling);
  const free = volumes.filter((volume) => {
    const withAliases = { ...volume, aliases: aliasesOf(volume, volumes) };
    return dangling.has(volume.name) && !containers.some((container) => uses(container, withAliases));
  });
  return {
    unused: free.filter((volume) => !isUnknown(volume)).map((volume) => ({ volume, why: whyOf(volume) })),
    unknown: free.filter(isUnknown),
  };
}

/** Data that lies elsewhere, or that a driver or Swarm may give to another machine. */
function isUnknown(volume: Volume): boolean {
  const { driver, scope, labels } = volume;
  return driver !== 'local' || scope === 'global' || hasOwnPlace(volume) || 'com.docker.stack.namespace' in labels;
}

function whyOf({ name, labels }: Volume): UnusedVolume['why'] {
  if ('com.docker.compose.project' in labels) return 'project';
  // Older engines do not label them; a name of 64 hexadecimal digits is one that an engine has made up.
  return 'com.docker.volume.anonymous' in labels || /^[0-9a-f]{64}$/.test(name) ? 'anonymous' : 'named';
}
