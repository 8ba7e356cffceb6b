import type { VolumeSize } from '../../core/agentProtocol';
import type { Container, Volume } from '../../core/engine';
import { isRunning, uses } from '../../core/operations/users';
import { byAge, type SnapshotEntry } from '../../core/snapshotEntry';
import { incompleteGroups } from '../../core/snapshotGroups';
import type { Standby } from '../../core/standby/standby';
import { undoableRestores, type WayBack } from '../../core/undo';

/** What is known of an engine, joined into a tree by `buildTree`. */
export interface Inventory {
  volumes: readonly Volume[];
  containers: readonly Container[];
  snapshots: readonly SnapshotEntry[];
  waysBack: readonly WayBack[];
  /** Sizes that were computed, by `identityOf` the volume. */
  sizes: ReadonlyMap<string, VolumeSize>;
  /** Names of the containers whose volumes a container was made with, by its id; of those that have some (`--volumes-from`). */
  volumesFrom: ReadonlyMap<string, readonly string[]>;
  /** Those of volumes of this engine. */
  standbys?: readonly Standby[];
}

export type Node = GroupNode | VolumeNode | RemovedVolumeNode | SnapshotNode | ContainerNode;

/** A Compose project, or the volumes that are gone and were of none. */
export interface GroupNode {
  kind: 'group';
  id: string;
  /** Name of the Compose project; undefined for the removed volumes. */
  project?: string;
  /** Of a project, the volumes that are there come first. */
  children: (VolumeNode | RemovedVolumeNode)[];
  /** The last restore of its volumes, if that can be undone: the safety snapshots to restore. */
  undo?: readonly SnapshotEntry[];
}

export interface VolumeNode {
  kind: 'volume';
  id: string;
  volume: Volume;
  /** By containers that run, by ones that do not, or by none. */
  use: 'running' | 'stopped' | 'unused';
  users: ContainerNode[];
  /** Newest first. */
  snapshots: SnapshotNode[];
  /** The last restore, if that can be undone: the safety snapshots to restore, one of each volume that was restored. */
  undo?: readonly SnapshotEntry[];
  /** The volume that this one was last made equal to, where that is still there; and of what time the data was. */
  syncedFrom?: { volume: string; time: string };
  /** Its pair on another engine. */
  standby?: Standby;
  size?: VolumeSize;
}

/** A volume that is gone from the engine, and of which there are snapshots. */
export interface RemovedVolumeNode {
  kind: 'removedVolume';
  id: string;
  name: string;
  /** Newest first. */
  snapshots: SnapshotNode[];
}

export interface SnapshotNode {
  kind: 'snapshot';
  id: string;
  entry: SnapshotEntry;
  /** The volume of that name, if there is one: what the snapshot can be restored to in place. */
  volume?: Volume;
  /** Whether Undo Restore brings this back. */
  undoes?: true;
  /** The volumes that it was taken together with, and whose snapshots are not there. */
  missing?: readonly string[];
}

export interface ContainerNode {
  kind: 'container';
  id: string;
  container: Container;
  running: boolean;
  /** Where it sees the volume; `readOnly` when it cannot write there. */
  mounts: { destination: string; readOnly: boolean }[];
  /** Names of the users of the volume through which it has it, and of those that have it through this one. */
  through?: string[];
  gives?: string[];
}

/** Label of a volume that belongs to one. */
export const composeProject = 'com.docker.compose.project';

/**
 * Joins what the lists and the catalog say. Roots are the Compose projects, other volumes, the projects of which all
 * volumes are gone, and what else is removed.
 */
export function buildTree(inventory: Inventory, options: { grouped: boolean }): Node[] {
  const undos = undoableRestores(inventory, inventory.volumes);
  const volumes = inventory.volumes.map((volume) => volumeNode(volume, inventory, undos)).sort(byName);
  const removed = removedVolumes(inventory);
  const projects = options.grouped ? projectNodes([...volumes, ...removed]) : [];
  const isUngrouped = (node: VolumeNode | RemovedVolumeNode) => !options.grouped || !projectOf(node);
  const others = removed.filter(isUngrouped);
  return [
    ...projects.filter((project) => !isGone(project)),
    ...volumes.filter(isUngrouped),
    ...projects.filter(isGone),
    ...(others.length > 0 ? [{ kind: 'group', id: 'removed', children: others } satisfies GroupNode] : []),
  ];
}

/** Whether none of its volumes is there any more. */
export function isGone({ children }: GroupNode): boolean {
  return children.every(({ kind }) => kind === 'removedVolume');
}

export function childrenOf(node: Node): Node[] {
  switch (node.kind) {
    case 'group':
      return node.children;
    case 'volume':
      return [...node.snapshots, ...node.users];
    case 'removedVolume':
      return node.snapshots;
    case 'snapshot':
    case 'container':
      return [];
  }
}

/** All nodes of a tree, parents before their children. */
export function allNodes(roots: readonly Node[]): Node[] {
  return roots.flatMap((node) => [node, ...allNodes(childrenOf(node))]);
}

/**
 * Name and creation time: a volume that was removed and created anew is another one. Older Docker engines take the time
 * from the volume's folder, which changes with it, so that different identities do not prove different volumes.
 */
export function identityOf({ name, createdAt }: { name: string; createdAt: string }): string {
  return JSON.stringify([name, createdAt]);
}

function volumeNode(
  volume: Volume,
  { volumes, containers, snapshots, sizes, standbys, volumesFrom }: Inventory,
  undos: readonly SnapshotEntry[][],
): VolumeNode {
  const using = containers.filter((container) => uses(container, volume));
  const users = using.map((user) => ({ ...containerNode(user, volume), ...throughOthers(user, using, volumesFrom) }));
  users.sort((a, b) => Number(b.running) - Number(a.running) || compareNames(a.container.name, b.container.name));
  const size = sizes.get(identityOf(volume));
  const undo = undos.find((entries) => entries.some((entry) => entry.volume.name === volume.name));
  const own = snapshotNodes(volume.name, snapshots, { volume, undo });
  const standby = standbys?.find(({ here }) => here.volume === volume.name);
  return {
    kind: 'volume',
    id: `volume:${volume.name}`,
    volume,
    use: users.length === 0 ? 'unused' : users.some((user) => user.running) ? 'running' : 'stopped',
    users,
    snapshots: own,
    ...(undo && { undo }),
    ...syncedFrom(own, volumes),
    ...(standby && { standby }),
    ...(size && { size }),
  };
}

function syncedFrom(own: readonly SnapshotNode[], volumes: readonly Volume[]): Pick<VolumeNode, 'syncedFrom'> {
  const last = own.find(({ entry }) => entry.copyOf)?.entry;
  if (!last?.copyOf || last.copyOf.engine || !volumes.some(({ name }) => name === last.copyOf?.volume)) return {};
  return { syncedFrom: { volume: last.copyOf.volume, time: last.time } };
}

function containerNode(container: Container, volume: Volume): ContainerNode {
  const mounts = container.mounts.filter((mount) => uses({ ...container, mounts: [mount] }, volume));
  return {
    kind: 'container',
    id: `container:${volume.name}:${container.id}`,
    container,
    running: isRunning(container) || container.state === 'paused',
    mounts: mounts.map(({ destination, readOnly }) => ({ destination, readOnly })),
  };
}

/** A container that others were made with may be no more than a holder of volumes, which never runs. */
function throughOthers(
  self: Container,
  users: readonly Container[],
  volumesFrom: Inventory['volumesFrom'],
): Pick<ContainerNode, 'through' | 'gives'> {
  const isMadeWith = (one: Container, other: Container) =>
    one.id !== other.id &&
    (volumesFrom.get(one.id) ?? []).some((named) => named === other.name || other.id.startsWith(named));
  const through = users.filter((other) => isMadeWith(self, other)).map(({ name }) => name);
  const gives = users.filter((other) => isMadeWith(other, self)).map(({ name }) => name);
  return { ...(through.length > 0 && { through }), ...(gives.length > 0 && { gives }) };
}

function snapshotNodes(
  name: string,
  all: readonly SnapshotEntry[],
  { volume, undo }: { volume?: Volume; undo?: readonly SnapshotEntry[] | undefined } = {},
): SnapshotNode[] {
  const entries = all.filter((entry) => entry.volume.name === name).sort(byAge);
  const incomplete = incompleteGroups(entries.some(({ group }) => group) ? all : []);
  return entries.map((entry) => ({
    kind: 'snapshot',
    id: `snapshot:${entry.volume.name}:${entry.id}`,
    entry,
    ...(volume && { volume }),
    ...(undo?.includes(entry) && { undoes: true }),
    ...missingOf(entry, incomplete),
  }));
}

function missingOf({ group }: SnapshotEntry, incomplete: ReadonlyMap<string, readonly string[]>) {
  const missing = incomplete.get(group?.id ?? '');
  return missing && { missing };
}

function projectNodes(volumes: readonly (VolumeNode | RemovedVolumeNode)[]): GroupNode[] {
  const projects = new Map<string, GroupNode['children']>();
  for (const node of volumes) {
    const project = projectOf(node);
    if (project) projects.set(project, [...(projects.get(project) ?? []), node]);
  }
  return [...projects]
    .sort(([a], [b]) => compareNames(a, b))
    .map(([project, children]) => {
      const undo = children
        .map((child) => (child.kind === 'volume' ? child.undo : undefined))
        .find((each) => each?.[0]?.group?.project === project);
      return { kind: 'group', id: `project:${project}`, project, children, ...(undo && { undo }) };
    });
}

function removedVolumes({ volumes, snapshots }: Inventory): RemovedVolumeNode[] {
  const present = new Set(volumes.map(({ name }) => name));
  const names = new Set(snapshots.map((entry) => entry.volume.name).filter((name) => !present.has(name)));
  return [...names].sort(compareNames).map((name) => ({
    kind: 'removedVolume',
    id: `removed:${name}`,
    name,
    snapshots: snapshotNodes(name, snapshots),
  }));
}

/** Of a volume that is gone, the one that it was of when its last snapshot was taken. */
function projectOf(node: VolumeNode | RemovedVolumeNode): string | undefined {
  const volume = node.kind === 'volume' ? node.volume : node.snapshots[0]?.entry.volume;
  return volume?.labels[composeProject] || undefined;
}

function byName(a: VolumeNode, b: VolumeNode): number {
  return compareNames(a.volume.name, b.volume.name);
}

const names = new Intl.Collator('en', { numeric: true });

function compareNames(a: string, b: string): number {
  return names.compare(a, b);
}
