import * as vscode from 'vscode';
import type { VolumeSize } from '../../core/agentProtocol';
import type { Container, VolumeEngine } from '../../core/engine';
import { inspectAll } from '../../core/operations/inspectAll';
import { isFailure } from '../../core/failure';
import type { Standby } from '../../core/standby/standby';
import type { Inventory } from './model';

const nothing: Inventory = {
  volumes: [],
  containers: [],
  snapshots: [],
  waysBack: [],
  sizes: new Map(),
  volumesFrom: new Map(),
};

/** What is known of the connected engine. Changes when an answer arrives; older answers than the latest are dropped. */
export class LiveInventory implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;

  private known = nothing;
  private listed = false;
  private latest: Promise<void> | undefined;

  get current(): Inventory {
    return this.known;
  }

  /** Whether the engine has said what it has: until then, that nothing is known does not mean that there is nothing. */
  get isListed(): boolean {
    return this.listed;
  }

  /**
   * Asks the engine anew. The two lists are shown as soon as they are there; the catalog joins when it arrives. Rejects
   * with the engine's failure. A load that a later one has made stale resolves with that one.
   */
  load(engine: VolumeEngine): Promise<void> {
    const load: Promise<void> = this.ask(engine, () => this.latest === load);
    this.latest = load;
    return load;
  }

  private async ask(engine: VolumeEngine, isLatest: () => boolean): Promise<void> {
    const { signal } = new AbortController();
    try {
      const catalog = engine.readCatalog(signal);
      catalog.catch(() => undefined); // awaited below, unless the lists fail first
      const [volumes, containers] = await Promise.all([engine.listVolumes(signal), engine.listContainers(signal)]);
      if (!isLatest()) return await this.latest;
      this.listed = true;
      this.set({ volumes, containers });
      const volumesFrom = await this.askHolders(engine, containers, signal);
      if (!isLatest()) return await this.latest;
      if (volumesFrom) this.set({ volumesFrom });
      const { snapshots, waysBack } = await catalog;
      if (!isLatest()) return await this.latest;
      this.set({ snapshots, waysBack });
    } catch (error) {
      if (isLatest()) throw error;
      await this.latest;
    }
  }

  /**
   * Of containers that have a volume together, whether they have it of one another. What a container was made with does not
   * change, so each is asked for once. Undefined where nothing is new, or it cannot be known now.
   */
  private async askHolders(
    engine: VolumeEngine,
    containers: readonly Container[],
    signal: AbortSignal,
  ): Promise<Inventory['volumesFrom'] | undefined> {
    const sharing = sharers(containers).filter(({ id }) => !this.known.volumesFrom.has(id));
    if (sharing.length === 0) return undefined;
    try {
      const found = await inspectAll(engine, sharing, signal);
      const all = [...this.known.volumesFrom, ...found.map(({ id, volumesFrom }) => [id, volumesFrom] as const)];
      const present = new Set(containers.map(({ id }) => id));
      return new Map(all.filter(([id]) => present.has(id)));
    } catch (error) {
      if (!isFailure(error)) throw error;
      return undefined;
    }
  }

  rememberSize(identity: string, size: VolumeSize): void {
    this.set({ sizes: new Map(this.known.sizes).set(identity, size) });
  }

  showStandbys(standbys: readonly Standby[]): void {
    this.set({ standbys });
  }

  /** Another engine, or none: nothing of the old one is shown. */
  clear(): void {
    this.latest = undefined;
    this.listed = false;
    this.set(nothing);
  }

  dispose(): void {
    this.changed.dispose();
  }

  private set(news: Partial<Inventory>): void {
    this.known = { ...this.known, ...news };
    this.changed.fire();
  }
}

function sharers(containers: readonly Container[]): Container[] {
  const users = new Map<string, number>();
  const volumesOf = ({ mounts }: Container) =>
    new Set(mounts.flatMap(({ type, name }) => (type === 'volume' ? [name!] : [])));
  for (const container of containers) {
    for (const name of volumesOf(container)) users.set(name, (users.get(name) ?? 0) + 1);
  }
  return containers.filter((container) => [...volumesOf(container)].some((name) => users.get(name)! > 1));
}
