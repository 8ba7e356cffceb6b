import type { AgentSession } from '../core/agentClient/session';
import type {
  Catalog,
  CommandResult,
  Container,
  ContainerChange,
  ContainerCommand,
  ContainerDetails,
  ContainerPath,
  FreezeJournal,
  HelperRequest,
  Holder,
  JournalHandle,
  LikeContainer,
  OwnContainer,
  RestartPolicy,
  Untouchable,
  Volume,
  VolumeEngine,
} from '../core/engine';
import type { VolumeSpec } from '../core/snapshotEntry';
import { readCatalog } from './catalog';
import type { Endpoint } from './connection/endpoint';
import * as folder from './containerFolder';
import { readLog } from './containerLog';
import * as containers from './containers';
import type { Connection } from './engineConnection';
import { watchEvents } from './events';
import { exec } from './exec';
import { findUntouchable, type Footing } from './footing';
import { openJournal } from './freezeJournal';
import { openHelper, type StartSession } from './helper/openHelper';
import { createLike, removeStopped } from './likeContainer';
import { claim, listOwnContainers } from './ownContainers';
import * as volumes from './volumes';

interface EngineParts {
  connection: Connection;
  endpoint: Endpoint;
  startSession: StartSession;
  footing: Footing;
  close: () => void;
}

/** A Docker-compatible engine. Only puts together what the files beside it do. */
export class DockerEngine implements VolumeEngine {
  constructor(private readonly parts: EngineParts) {}

  get id(): string {
    return this.connection.facts.id;
  }

  get name(): string {
    return this.connection.facts.name;
  }

  /** For the watchdog, which connects by itself. May hold keys. */
  get endpoint(): Endpoint {
    return this.parts.endpoint;
  }

  get connection(): Connection {
    return this.parts.connection;
  }

  private get wire() {
    return this.connection.wire;
  }

  /** Ends the idle connections. */
  dispose(): void {
    this.parts.close();
  }

  listVolumes(signal: AbortSignal): Promise<Volume[]> {
    return volumes.listVolumes(this.connection, signal);
  }

  listDangling(signal: AbortSignal): Promise<string[]> {
    return volumes.listDangling(this.connection, signal);
  }

  listContainers(signal: AbortSignal): Promise<Container[]> {
    return containers.listContainers(this.wire, signal);
  }

  inspectVolume(name: string, signal: AbortSignal): Promise<Volume> {
    return volumes.inspectWithAliases(this.connection, name, signal);
  }

  inspectVolumeRaw(name: string, signal: AbortSignal): Promise<unknown> {
    return volumes.inspectVolumeRaw(this.wire, name, signal);
  }

  createVolume(spec: Omit<VolumeSpec, 'createdAt'>, signal: AbortSignal): Promise<Volume> {
    return volumes.createVolume(this.wire, spec, signal);
  }

  removeVolume(name: string): Promise<void> {
    return volumes.removeVolume(this.wire, name);
  }

  inspectContainer(id: string, signal: AbortSignal): Promise<ContainerDetails> {
    return containers.inspectContainer(this.wire, id, signal);
  }

  runningPrograms(id: string, signal: AbortSignal): Promise<string[] | undefined> {
    return containers.runningPrograms(this.wire, id, signal);
  }

  exec(id: string, command: ContainerCommand, signal: AbortSignal): Promise<CommandResult> {
    return exec(this.wire, id, command, signal);
  }

  pause(id: string): Promise<void> {
    return containers.pause(this.wire, id);
  }

  unpause(id: string): Promise<void> {
    return containers.unpause(this.wire, id);
  }

  stop(id: string, graceSeconds?: number): Promise<void> {
    return containers.stop(this.wire, id, graceSeconds);
  }

  start(id: string): Promise<boolean> {
    return containers.start(this.wire, id);
  }

  setRestartPolicy(id: string, policy: RestartPolicy): Promise<void> {
    return containers.setRestartPolicy(this.wire, id, policy);
  }

  statContainerPath(id: string, path: string, signal: AbortSignal): Promise<ContainerPath | undefined> {
    return folder.statContainerPath(this.wire, id, path, signal);
  }

  readContainerFolder(id: string, path: string, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    return folder.readContainerFolder(this.wire, id, path, signal);
  }

  containerChanges(id: string, signal: AbortSignal): Promise<ContainerChange[]> {
    return folder.containerChanges(this.wire, id, signal);
  }

  renameContainer(id: string, name: string): Promise<void> {
    return containers.rename(this.wire, id, name);
  }

  createLike(id: string, like: LikeContainer): Promise<string> {
    return createLike(this.connection, id, like);
  }

  removeContainer(id: string): Promise<void> {
    return removeStopped(this.wire, id);
  }

  readLog(id: string, options: { lines: number; since?: string }, signal: AbortSignal): Promise<string[]> {
    return readLog(this.wire, id, options, signal);
  }

  untouchable(signal: AbortSignal): Promise<ReadonlyMap<string, Untouchable>> {
    return findUntouchable(this.wire, this.parts.footing, signal);
  }

  openHelper(request: HelperRequest, signal: AbortSignal): Promise<AgentSession> {
    return openHelper(this.connection, request, this.parts.startSession, signal);
  }

  helperName(volume: string): string {
    return this.connection.names.lock(volume);
  }

  openJournal(
    journal: FreezeJournal,
    waitMs: number,
    signal: AbortSignal,
    onWait?: (holder: Holder) => void,
  ): Promise<JournalHandle> {
    return openJournal(this.connection, journal, waitMs, signal, onWait);
  }

  listOwnContainers(signal: AbortSignal): Promise<OwnContainer[]> {
    return listOwnContainers(this.connection, signal);
  }

  claim(container: OwnContainer): Promise<boolean> {
    return claim(this.connection, container);
  }

  removeOwnContainer(id: string): Promise<void> {
    return containers.removeContainer(this.wire, id);
  }

  readCatalog(signal: AbortSignal): Promise<Catalog> {
    return readCatalog(this.connection, (...request) => this.openHelper(...request), signal);
  }

  watchEvents(listener: (event: 'changed' | 'lost') => void): { dispose(): void } {
    return watchEvents(this.wire, listener);
  }
}
