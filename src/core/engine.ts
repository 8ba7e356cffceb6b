import type { AgentSession } from './agentClient/session';
import type { ContainerHooks } from './consistency/hooks';
import type { OperationKind } from './timings/record';
import type { SnapshotEntry, VolumeSpec } from './snapshotEntry';
import type { WayBack } from './undo';

/** A volume as the engine lists it. */
export interface Volume extends VolumeSpec {
  /** `createdAt` where that is when the volume was made: see `engine/volumes.ts`. */
  made?: string;
  mountpoint: string;
  scope: string;
  /** Names of other volumes with the same files, or some of them; known of a volume that was inspected. */
  aliases?: string[];
}

export type ContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'exited' | 'removing' | 'dead';

/** A container as the engine lists it, with its use of volumes. */
export interface Container {
  id: string;
  name: string;
  image: string;
  state: ContainerState;
  labels: Record<string, string>;
  mounts: ContainerMount[];
}

/** `ours`: we ourselves run in it (a dev container). `servesEngine`: our connection to the engine ends in it. */
export type Untouchable = 'ours' | 'servesEngine';

export interface ContainerMount {
  /** `volume`: `name` is the volume's; `bind`: `source` is a path on the engine. */
  type: string;
  name?: string;
  source: string;
  destination: string;
  readOnly: boolean;
}

/** What has to be known of a container before it is stopped, and to tell which database it is. */
export interface ContainerDetails extends Container {
  imageId: string;
  /** Base names of its entry point and its command, without arguments, which may hold secrets. */
  programs: string[];
  /** Names of its environment variables. */
  variables: string[];
  /** Values of those in `versionVariables` (`database.ts`); no other value leaves the engine. */
  versions: Record<string, string>;
  autoRemove: boolean;
  /** As Docker's HostConfig.RestartPolicy. */
  restartPolicy: RestartPolicy;
  /** Full id of the container whose network, pid or ipc namespace this one shares. */
  sharesNamespaceOf: string[];
  /** Names of the containers it is linked to (`--link`): it can only start while they run. */
  links: string[];
  /** Names of the containers whose mounts it was made with (`--volumes-from`). */
  volumesFrom: string[];
  /** Folders of it that are in memory (`--tmpfs`); `mounts` has none of them. */
  tmpfs: string[];
  /** Seconds that it may take to stop when nobody asks it to be quicker. */
  stopSeconds: number;
  lastRun: ContainerRun;
}

/** The run of a container that goes on, or the last one. */
export interface ContainerRun {
  /** ISO 8601 in nanoseconds, engine clock. */
  startedAt: string;
  /** When it ended last, which is before `startedAt` while it runs; absent when it never has. */
  endedAt?: string;
  /** What it ended with; 0 while it runs. */
  exitCode: number;
  /** How often its restart policy has started it since a request did. */
  restarts: number;
  /** The verdict of its health check, `starting` until the first one; undefined when it has no health check. */
  health?: 'starting' | 'healthy' | 'unhealthy';
}

/** What is at a path in a container, symlinks in it not followed at its end. */
export interface ContainerPath {
  type: 'folder' | 'symlink' | 'other';
  /** Of a symlink: where it leads, from the root of the container. */
  target?: string;
}

/** Something in the writable layer of a container, by its path. */
export interface ContainerChange {
  path: string;
  kind: 'modified' | 'added' | 'deleted';
}

/** What a container is to have otherwise than the one that it is made like. */
export interface LikeContainer {
  name: string;
  /** A volume and where it is mounted; what that container had mounted there is not. */
  mount: { volume: string; path: string };
}

/** A command to be run in a running container; no shell unless it is one. */
export interface ContainerCommand {
  command: string[];
  /** A user of the container, by name or number; the container's own one when absent. */
  user?: string;
  /** Added to the container's environment. */
  env?: Record<string, string>;
  timeoutMs: number;
}

export interface CommandResult {
  /** 126 or 127: it could not be started. Undefined: it did not end in time and still runs, for engines cannot end it. */
  exitCode: number | undefined;
  /** The end of what it wrote to stdout and stderr, at most some thousand characters. */
  output: string;
}

export interface RestartPolicy {
  Name: string;
  MaximumRetryCount?: number;
}

/** What one helper is for. `lock`: the volume it locks, by its name; a second helper of that name is refused. */
export interface HelperRequest {
  operation: OperationKind;
  lock?: string;
  /** Mounted into the helper; rejects with volumeNotFound, and leaves none of its name, when it is not there. */
  volume?: { spec: VolumeSpec; readOnly: boolean };
  /** Mounts the store; false for operations that do not need it. */
  store: boolean;
  /** Hears how far the agent's base image has been pulled, on an engine that does not have it. */
  onPull?: (progress: { bytes: number; totalBytes: number }) => void;
}

/** Labels of the freeze lock: everything that is needed to put things back without knowing who froze them. */
export interface FreezeJournal {
  format: 1;
  operation: OperationKind;
  volumes: string[];
  action: 'pause' | 'stop';
  containers: FrozenContainer[];
  owner: Owner;
  /** Container names of the helpers at work; when the owner's ones are gone, the owner is dead (`ownership.ts`). */
  helpers: string[];
  at: string;
}

export interface FrozenContainer {
  id: string;
  name: string;
  restartPolicy: RestartPolicy;
  /** To be stopped: how long that may take. */
  stopSeconds?: number;
  /** What runs in it around a pause: whoever lets it run again runs `post`. */
  hooks?: ContainerHooks;
  /** It stood still before: it gets its restart policy back, and is not started. */
  still?: true;
  /**
   * Another container may have taken its place, which is its name: who puts back starts the one that has it and runs, else this
   * one. `by`: a container that is known beforehand, with its own name; else one of ours, with a volume of the journal.
   */
  replaced?: { by?: { id: string; name: string } };
}

export interface Owner {
  host: string;
  pid: number;
  /** Name of the window, for people: the workspace that is open in it. */
  window?: string;
}

/** Who holds a lock, as far as it is known. */
export interface Holder extends Partial<Owner> {
  operation?: OperationKind;
}

/** A container of ours found on the engine. */
export interface OwnContainer {
  id: string;
  name: string;
  /** `image`: becomes the agent's image; never started. */
  role: 'helper' | 'image' | 'freeze' | 'store';
  state: ContainerState;
  createdAt: number;
  /** The volume a helper locks. */
  lock?: string;
  operation?: OperationKind;
  owner?: Owner;
  journal?: FreezeJournal;
  /** In the place of `journal`, the text of one that another version wrote and that we do not understand. */
  unreadableJournal?: string;
}

/** What the store's catalog says, read without starting a process. */
export interface Catalog {
  snapshots: SnapshotEntry[];
  /** Volumes with an uncommitted snapshot / an unfinished switch: at work, or to be recovered. */
  incoming: string[];
  pending: string[];
  /** Volumes with a finished switch whose host is not known to have heard of it: at work, or to be told by a recovery. */
  finished: string[];
  /** Of each volume that was restored, what it was before its last restore. */
  waysBack: WayBack[];
  /** Volumes of which something has arrived from another engine, and not all: at work, or interrupted. */
  arrivals: Arrival[];
}

/** `at`: when it began to arrive, the last time; ISO 8601, engine clock. */
export interface Arrival {
  volume: string;
  at: string;
}

/**
 * A Docker-compatible engine, as narrow as the operations need it. Every method rejects with a `Failure` (engineLost,
 * engineNotAnswering, volumeNotFound …) or `Cancelled`, never with a raw HTTP error, and has a timeout of its own.
 */
export interface VolumeEngine {
  /** The engine's own id, and a name for people. */
  readonly id: string;
  readonly name: string;

  listVolumes(signal: AbortSignal): Promise<Volume[]>;
  /** Names of the volumes that, by the engine's own account, no container of it refers to. */
  listDangling(signal: AbortSignal): Promise<string[]>;
  /** All containers in any state, without our own. */
  listContainers(signal: AbortSignal): Promise<Container[]>;

  /** Rejects with volumeNotFound; never creates. */
  inspectVolume(name: string, signal: AbortSignal): Promise<Volume>;
  /** The engine's own JSON, for people. */
  inspectVolumeRaw(name: string, signal: AbortSignal): Promise<unknown>;
  /** Rejects with volumeExists: the engine itself would silently return the existing one. */
  createVolume(spec: Omit<VolumeSpec, 'createdAt'>, signal: AbortSignal): Promise<Volume>;
  /** May be called for a volume that is gone. */
  removeVolume(name: string): Promise<void>;

  inspectContainer(id: string, signal: AbortSignal): Promise<ContainerDetails>;
  /** Names of the programs that run in it; undefined where the engine cannot tell. */
  runningPrograms(id: string, signal: AbortSignal): Promise<string[] | undefined>;
  /** Rejects with engineError when the container does not run. Once cancelled the command still runs, as after its time. */
  exec(id: string, command: ContainerCommand, signal: AbortSignal): Promise<CommandResult>;
  pause(id: string): Promise<void>;
  /** May be called for a container that is not paused or gone. */
  unpause(id: string): Promise<void>;
  /** Without `graceSeconds`: as long as the container itself asks for. Then it is killed. */
  stop(id: string, graceSeconds?: number): Promise<void>;
  /** May be called for a running container. */
  /** False when it runs already; it may be on its way to a stop. */
  start(id: string): Promise<boolean>;
  setRestartPolicy(id: string, policy: RestartPolicy): Promise<void>;
  /** What is at a path, by the container's own root; undefined when nothing is. */
  statContainerPath(id: string, path: string, signal: AbortSignal): Promise<ContainerPath | undefined>;
  /** A folder in a container with all that is in it, as a tar of which it is the root; piece by piece as it is asked for. */
  readContainerFolder(id: string, path: string, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined>;
  /** What differs from the container's image, outside of what is mounted. */
  containerChanges(id: string, signal: AbortSignal): Promise<ContainerChange[]>;
  renameContainer(id: string, name: string): Promise<void>;
  /**
   * Creates a container with the settings and the image of another one, and does not start it; returns its id. What that one has
   * mounted it has, too, anonymous volumes as well. Nothing of it is left when that fails.
   */
  createLike(id: string, like: LikeContainer): Promise<string>;
  /** Of a container that stands still, and of nothing that is mounted in it. May be called for one that is gone. */
  removeContainer(id: string): Promise<void>;
  /**
   * The last lines, oldest first, of what a container has written since a time of the engine's clock: at most `lines`,
   * at most some kilobytes, and none where its log cannot be read. May hold secrets: for the user's eyes only.
   */
  readLog(id: string, options: { lines: number; since?: string }, signal: AbortSignal): Promise<string[]>;
  /** The running containers that must be neither paused nor stopped, by id: we could not undo it. */
  untouchable(signal: AbortSignal): Promise<ReadonlyMap<string, Untouchable>>;

  /** Creates, attaches, starts; the helper is gone after the session's disposal, on every path. Rejects with volumeBusy. */
  openHelper(request: HelperRequest, signal: AbortSignal): Promise<AgentSession>;

  /** Name of the helper container that locks a volume. */
  helperName(volume: string): string;
  /** Takes the engine-wide freeze lock with its journal; waits for a holder up to `waitMs`, then freezeBusy. */
  openJournal(
    journal: FreezeJournal,
    waitMs: number,
    signal: AbortSignal,
    onWait?: (holder: Holder) => void,
  ): Promise<JournalHandle>;
  listOwnContainers(signal: AbortSignal): Promise<OwnContainer[]>;
  /** Atomically renames a dead container so that only one recoverer handles it; false when another was faster. */
  claim(container: OwnContainer): Promise<boolean>;
  removeOwnContainer(id: string): Promise<void>;

  readCatalog(signal: AbortSignal): Promise<Catalog>;
  /** Calls back after anything about volumes or containers may have changed; `lost` when the stream broke. */
  watchEvents(listener: (event: 'changed' | 'lost') => void): { dispose(): void };
}

export interface JournalHandle {
  /** Whether it still stands: nobody has undone it, or has begun to. */
  stands(): Promise<boolean>;
  /** Removes the journal: call only when everything it lists runs again. */
  close(): Promise<void>;
}

/** A detached process that puts a journal's containers back if we die or hang. */
export interface Watchdog extends Disposable {
  /** Resolves once the process is up, before anything is frozen. */
  ready(): Promise<void>;
  /** From now on: `journal` is undone if our process ends; a pause at the deadline, a stop when no helper of ours is at work. */
  arm(journal: FreezeJournal, deadlineMs: number): void;
  /** All is put back; nothing is guarded any more. */
  disarm(): void;
  /** Ends the process; when it is still armed, it undoes the journal first, as if we had died. */
  [Symbol.dispose](): void;
}
