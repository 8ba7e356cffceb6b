import type { VolumeSpec } from '../core/snapshotEntry';
import { stat, statHandle } from './libc';
import type { Tree } from './tree';

/** Where a volume is: its records prove nothing about another place or another volume of the same name. */
export interface Whereabouts {
  volume: VolumeSpec;
  /** statfs magic and st_dev of the root folder. */
  fileSystem: number;
  device: string;
  root: string;
}

export function whereabouts(tree: Tree, volume: VolumeSpec): Whereabouts {
  statHandle(tree.rootHandle);
  const device = String(stat.device());
  return { volume, fileSystem: tree.fileSystem().type, device, root: rootIdentity(tree) };
}

/**
 * Inode and birth of the root folder: a removed and recreated volume has another one. The engine's `CreatedAt` cannot
 * tell: Docker 20.10 takes it from the root folder's ctime, which moves with every entry made there.
 */
export function rootIdentity(tree: Tree): string {
  statHandle(tree.rootHandle);
  return `${stat.ino()}:${stat.birth() ?? ''}`;
}
