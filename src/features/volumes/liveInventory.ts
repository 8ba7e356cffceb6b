import * as vscode from 'vscode';
import type { VolumeSize } from '../../core/agentProtocol';
import type { VolumeEngine } from '../../core/engine';
import type { Inventory } from './model';

const nothing: Inventory = { volumes: [], containers: [], snapshots: [], waysBack: [], sizes: new Map() };

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
      const { snapshots, waysBack } = await catalog;
      if (!isLatest()) return await this.latest;
      this.set({ snapshots, waysBack });
    } catch (error) {
      if (isLatest()) throw error;
      await this.latest;
    }
  }

  rememberSize(identity: string, size: VolumeSize): void {
    this.set({ sizes: new Map(this.known.sizes).set(identity, size) });
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
