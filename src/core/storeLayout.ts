import { createHash } from 'node:crypto';

/** Where things are in the store (docs/store-format.md), and the rules for their names. */
export interface StoreLayout {
  catalog: string;
  /** Holds one folder for each volume that has ever had a snapshot. */
  volumes: string;
  /** Decisions on switches of several volumes. */
  groups: string;
}

export interface VolumeLayout {
  folder: string;
  objects: string;
  snapshots: string;
  incoming: string;
  /** Of a snapshot that comes from another engine, what has arrived. */
  arrived: string;
  baseline: string;
  pending: string;
}

export function storeLayout(store: string): StoreLayout {
  return { catalog: `${store}/catalog`, volumes: `${store}/volumes`, groups: `${store}/groups` };
}

export function volumeLayout(store: string, volume: string): VolumeLayout {
  const folder = `${storeLayout(store).volumes}/${checkedName(volume)}`;
  return {
    folder,
    objects: `${folder}/objects`,
    snapshots: `${folder}/snapshots`,
    incoming: `${folder}/incoming`,
    arrived: `${folder}/arrived`,
    baseline: `${folder}/baseline`,
    pending: `${folder}/pending.json`,
  };
}

/**
 * Names in `catalog/`. No volume's name holds an `@`, so they cannot be taken for one another. Each file's content says
 * the volume in full.
 */
export const catalogName = {
  entry: (volume: string, id: string) => `${volumeInCatalog(volume)}@${id}.json`,
  incoming: (volume: string, id: string) => `${volumeInCatalog(volume)}@${id}.incoming`,
  pending: (volume: string) => `${volumeInCatalog(volume)}.pending`,
  finished: (volume: string) => `${volumeInCatalog(volume)}.finished`,
  wayBack: (volume: string) => `${volumeInCatalog(volume)}.back`,
  arrived: (volume: string) => `${volumeInCatalog(volume)}.arrived`,
};

/** A file's name has 255 bytes at most, as a volume's; the longest that is put around one in the catalog has 48. */
const longestInCatalog = 200;

/** A long name is cut, and told from others by its digest; no volume's name holds a `~`. */
export function volumeInCatalog(volume: string): string {
  if (volume.length <= longestInCatalog) return volume;
  return `${volume.slice(0, 150)}~${createHash('sha256').update(volume).digest('hex').slice(0, 32)}`;
}

/** Prefix in `incoming/` of a snapshot whose deletion has begun. */
export const deletedPrefix = 'deleted-';

/** One path component that is safe to join: volumes and snapshots are named by the host. */
export function checkedName(name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name)) throw new Error(`not a name of ours: ${JSON.stringify(name)}`);
  return name;
}

/** Ids sort by time for people; the order of snapshots is their `sequence`, for clocks step back. */
export function snapshotId(now: Date, random: Uint8Array): string {
  const time = now.toISOString().replace(/[-:.]/g, '');
  return `${time}-${Buffer.from(random).toString('hex').slice(0, 6)}`;
}

/** `n` counts the objects a snapshot makes, from 0. A thousand in a folder keep both folders and their number small. */
export function objectId(snapshot: string, n: number): string {
  return `${snapshot}/${objectFolder(n)}/${n}`;
}

export function objectFolder(n: number): string {
  return folderOf(n).toString(16).padStart(2, '0');
}

/** Which of its snapshot's folders an object is in. */
export function folderOf(n: number): number {
  return n >> 10;
}

const objectPattern = /^([A-Za-z0-9][A-Za-z0-9_.-]*)\/([0-9a-f]+)\/([0-9]+)$/;

export function checkedObject(id: string): string {
  if (!objectPattern.test(id)) throw new Error(`not an object: ${JSON.stringify(id)}`);
  return id;
}

/** The snapshot that made an object, and its number there. Throws on an id that `objectId` does not make: it could lead out of the store. */
export function objectParts(id: string): { snapshot: string; number: number } {
  const [, snapshot = '', , digits = ''] = objectPattern.exec(id) ?? [];
  const number = Number(digits);
  if (snapshot === '' || objectId(snapshot, number) !== id) throw new Error(`not an object: ${JSON.stringify(id)}`);
  return { snapshot, number };
}
