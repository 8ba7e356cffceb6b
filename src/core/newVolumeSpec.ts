import type { VolumeSpec } from './snapshotEntry';

export type NewVolumeSpec = Omit<VolumeSpec, 'createdAt'>;

/** Stands for a secret in the options of a volume: the engine's own ones never leave `engine/wire`. */
export const hiddenSecret = '***';

/**
 * Options of the `local` driver say where the data lives: a new volume with them would be the same data under a second
 * name. Compose's labels say which volume of a project it is, so only the volume of the old name gets them back.
 */
export function specOfNew({ name: old, labels }: VolumeSpec, name: string): NewVolumeSpec {
  return { name, driver: 'local', labels: labelsFor(name, { name: old, labels }), options: {} };
}

/** What a clone is made as: with driver and options, where these are not where the data of the original lives. */
export function specOfClone(volume: VolumeSpec, name: string): NewVolumeSpec {
  const { driver, options } = volume;
  if (hasOwnPlace(volume) || hasHiddenOptions(volume)) return specOfNew(volume, name);
  return { ...specOfNew(volume, name), driver, options };
}

/** The same volume under another name: with everything, Compose's labels too. */
export function specOfRenamed({ driver, labels, options }: VolumeSpec, name: string): NewVolumeSpec {
  return { name, driver, labels: withoutAnonymous(labels), options };
}

/** Whether a `local` volume's options name the place of its data: a folder, a share, a device, a file system in memory. */
export function hasOwnPlace({ driver, options }: Pick<VolumeSpec, 'driver' | 'options'>): boolean {
  return driver === 'local' && Boolean(options['device'] || options['type']);
}

/** Whether a volume cannot be made again from what is known of it. */
export function hasHiddenOptions({ options }: Pick<VolumeSpec, 'options'>): boolean {
  return Object.values(options).some((value) => value.includes(hiddenSecret));
}

function labelsFor(name: string, old: Pick<VolumeSpec, 'name' | 'labels'>): Record<string, string> {
  if (name === old.name) return old.labels;
  const labels = Object.entries(withoutAnonymous(old.labels));
  return Object.fromEntries(labels.filter(([label]) => !label.startsWith('com.docker.compose.')));
}

/** A volume that somebody has named is none that `docker volume prune` may take without `--all`. */
function withoutAnonymous(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([label]) => label !== 'com.docker.volume.anonymous'));
}
