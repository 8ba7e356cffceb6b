import * as vscode from 'vscode';
import type { Node, VolumeNode } from './model';

/** Volumes of this view were dropped on one of its rows, or below all of them. */
export type Drop = (volumes: readonly VolumeNode[], onto: Node | undefined) => Promise<void>;

/** Files and folders of this machine were dropped on a row, by their paths. */
export type DropFiles = (paths: readonly string[], onto: Node | undefined) => Promise<void>;

/** Of this view alone: VS Code makes it of the view's id, in lower case. */
const mimeType = 'application/vnd.code.tree.dockervolumes.volumes';
/** Of VS Code's explorer, and of file managers. */
const uriList = 'text/uri-list';

/** Rows of volumes can be dragged; what dropping them means, or files on them, is said by features. */
export class DragAndDrop implements vscode.TreeDragAndDropController<Node> {
  readonly dragMimeTypes = [mimeType];
  readonly dropMimeTypes = [mimeType, uriList];
  drop: Drop | undefined;
  dropFiles: DropFiles | undefined;

  constructor(private readonly failed: (error: unknown) => void) {}

  handleDrag(nodes: readonly Node[], data: vscode.DataTransfer): void {
    const volumes = nodes.filter(({ kind }) => kind === 'volume');
    if (volumes.length > 0) data.set(mimeType, new vscode.DataTransferItem(volumes));
  }

  /** Does not wait for what follows: VS Code shows the drop as going on until then. */
  handleDrop(onto: Node | undefined, data: vscode.DataTransfer): void {
    const volumes = data.get(mimeType)?.value as unknown;
    const uris = data.get(uriList);
    if (Array.isArray(volumes)) this.drop?.(volumes as VolumeNode[], onto).catch(this.failed);
    else if (uris) this.takeFiles(onto, uris).catch(this.failed);
  }

  private async takeFiles(onto: Node | undefined, uris: vscode.DataTransferItem): Promise<void> {
    const lines = (await uris.asString()).split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
    const found = lines.map((line) => vscode.Uri.parse(line));
    // What is on another machine is none of this one's files.
    const paths = found.filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath);
    if (paths.length > 0) await this.dropFiles?.(paths, onto);
  }
}
