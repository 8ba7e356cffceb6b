import type { VolumeSpec } from '../core/snapshotEntry';
import { stat, statHandle } from './libc';
import type { Tree } from './tree';

/** Where a volume is: its records prove nothing about another place or another volume of the same name. */
export interface Whereabouts {
  volume: VolumeSpec;
  /** statfs magic and st_dev of the root folder. */
  fileSystem: number;
  device: string;
}

export function whereabouts(tree: Tree, volume: VolumeSpec): Whereabouts {
  statHandle(tree.rootHandle);
  return { volume, fileSystem: tree.fileSystem().type, device: String(stat.device()) };
}
