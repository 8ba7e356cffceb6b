import * as path from 'node:path';
import type { Container } from '../engine';
import type { NewVolumeSpec } from '../newVolumeSpec';

const label = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  files: 'com.docker.compose.project.config_files',
  folder: 'com.docker.compose.project.working_dir',
  volume: 'com.docker.compose.volume',
  version: 'com.docker.compose.version',
};

/** The service of a Compose project that a container is of. */
export interface ComposeService {
  project: string;
  service: string;
  version: string | undefined;
  /** Its files, as they are called on the machine of who has started it; a later one says it over an earlier one. */
  files: string[];
}

export function serviceOf({ labels }: Pick<Container, 'labels'>): ComposeService | undefined {
  const { [label.project]: project, [label.service]: service, [label.folder]: folder = '' } = labels;
  if (!project || !service) return undefined;
  const files = (labels[label.files] ?? '').split(',').filter(Boolean);
  return { project, service, version: labels[label.version], files: files.map((file) => path.resolve(folder, file)) };
}

/** `shop_data` is `data` in the file of the project `shop`; any other name is said there. */
export function composeKey(project: string, volume: string): { key: string; name?: string } {
  const prefix = `${project}_`;
  return volume.startsWith(prefix) && volume.length > prefix.length
    ? { key: volume.slice(prefix.length) }
    : { key: volume, name: volume };
}

/** The volume as Compose would have made it, so that it takes it without a word. */
export function specForCompose({ project, version }: ComposeService, spec: NewVolumeSpec): NewVolumeSpec {
  const labels = {
    ...spec.labels,
    [label.project]: project,
    [label.volume]: composeKey(project, spec.name).key,
    ...(version !== undefined && { [label.version]: version }),
  };
  return { ...spec, labels };
}
