import type { Volume } from './engine';
import type { NewVolumeSpec } from './newVolumeSpec';
import { bindOptions } from './volumeOptions';

/** Whose all files in a folder are to be, in numbers. */
export interface FileOwner {
  uid: number;
  gid: number;
}

/** On the volume of a folder of somebody's own machine: what is copied there is theirs. */
const ownerLabel = 'dockervolumes.files-owner';

/**
 * A folder of the engine's machine as a volume, so that all that is done with volumes can be done with it: a sync in both
 * directions, with its preview, its safety snapshot and its undo.
 */
export function folderVolumeSpec(
  folder: string,
  owner: FileOwner | undefined,
  taken: readonly string[],
): NewVolumeSpec {
  const last = folder.slice(folder.lastIndexOf('/') + 1).replace(/[^a-zA-Z0-9_.-]+/g, '-');
  const wanted = `folder.${last || 'root'}`;
  const name = [wanted, ...taken.map((_, n) => `${wanted}-${n + 2}`)].find((each) => !taken.includes(each))!;
  const labels: Record<string, string> = owner ? { [ownerLabel]: `${owner.uid}:${owner.gid}` } : {};
  return { name, driver: 'local', labels, options: bindOptions(folder) };
}

/** The folder that a volume is, where it is no more than that. */
export function folderOf({ driver, options }: Pick<Volume, 'driver' | 'options'>): string | undefined {
  const isBind = driver === 'local' && options['type'] === 'none' && options['o'] === 'bind';
  return isBind ? options['device'] : undefined;
}

/** Whose the files are that are copied to a volume; undefined: whose they are where they come from. */
export function fileOwnerIn({ labels }: Pick<Volume, 'labels'>): FileOwner | undefined {
  const [, uid, gid] = /^(\d{1,10}):(\d{1,10})$/.exec(labels[ownerLabel] ?? '') ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}
