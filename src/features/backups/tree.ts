import * as vscode from 'vscode';
import type { StoredFile } from '../../core/backup/destination';
import type { DestinationConfig } from '../../core/backup/destinationConfig';
import type { Destinations } from './destinations';
import { backedUpVolumes, type BackedUpVolumeNode, type BackupsNode, type ProblemNode } from './model';
import { backupsItemOf } from './treeItems';
import type { VerifiedBackups } from './verified';

/** Shows what is at the destinations. Each is listed when it is first opened, and again when somebody asks or has changed it. */
export class BackupsTree implements vscode.TreeDataProvider<BackupsNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<BackupsNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private listings = new Map<string, Promise<StoredFile[]>>();
  private readonly closing = new AbortController();

  constructor(
    private readonly destinations: Destinations,
    private readonly verified: VerifiedBackups,
  ) {}

  /** Lists anew what is shown; all destinations, or one. */
  refresh(destination?: string): void {
    if (destination === undefined) this.listings = new Map();
    else this.listings.delete(destination);
    this.changed.fire(undefined);
  }

  /** Ages have moved on, or one was verified. */
  repaint(): void {
    this.changed.fire(undefined);
  }

  async getChildren(node?: BackupsNode): Promise<BackupsNode[]> {
    if (!node) return this.destinations.list().map((config) => ({ kind: 'destination', id: config.name, config }));
    if (node.kind === 'destination') return this.volumesAt(node.config);
    return node.kind === 'backedUpVolume' ? node.backups : [];
  }

  getTreeItem(node: BackupsNode): vscode.TreeItem {
    return backupsItemOf(node);
  }

  async volumesAt(config: DestinationConfig): Promise<(BackedUpVolumeNode | ProblemNode)[]> {
    try {
      const files = await this.listing(config);
      return backedUpVolumes(config, files, (file) => this.verified.at(config, file));
    } catch (error) {
      return [{ kind: 'problem', id: `${config.name}\n\n\n`, config, error }];
    }
  }

  private listing(config: DestinationConfig): Promise<StoredFile[]> {
    const known = this.listings.get(config.name);
    if (known) return known;
    const listing = this.list(config);
    this.listings.set(config.name, listing);
    // It is tried again when somebody looks again.
    listing.catch(() => this.listings.get(config.name) === listing && this.listings.delete(config.name));
    return listing;
  }

  private async list(config: DestinationConfig): Promise<StoredFile[]> {
    const destination = await this.destinations.open(config);
    const files: StoredFile[] = [];
    for await (const file of destination.list(this.closing.signal)) files.push(file);
    return files;
  }

  dispose(): void {
    this.closing.abort();
    this.changed.dispose();
  }
}
