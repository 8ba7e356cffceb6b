import * as vscode from 'vscode';
import type { Node, VolumeNode } from './model';

/** Volumes of this view were dropped on one of its rows, or below all of them. */
export type Drop = (volumes: readonly VolumeNode[], onto: Node | undefined) => Promise<void>;

/** Of this view alone: VS Code makes it of the view's id, in lower case. */
const mimeType = 'application/vnd.code.tree.dockervolumes.volumes';

/** Rows of volumes can be dragged; what dropping them means is said by a feature. */
export class DragAndDrop implements vscode.TreeDragAndDropController<Node> {
  readonly dragMimeTypes = [mimeType];
  readonly dropMimeTypes = [mimeType];
  drop: Drop | undefined;

  constructor(private readonly failed: (error: unknown) => void) {}

  handleDrag(nodes: readonly Node[], data: vscode.DataTransfer): void {
    const volumes = nodes.filter(({ kind }) => kind === 'volume');
    if (volumes.length > 0) data.set(mimeType, new vscode.DataTransferItem(volumes));
  }

  /** Does not wait for what follows: VS Code shows the drop as going on until then. */
  handleDrop(onto: Node | undefined, data: vscode.DataTransfer): void {
    const volumes = data.get(mimeType)?.value as unknown;
    if (!this.drop || !Array.isArray(volumes)) return;
    this.drop(volumes as VolumeNode[], onto).catch(this.failed);
  }
}
