import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { settings } from '../../ui/settings';
import type { LiveInventory } from './liveInventory';
import { allNodes, buildTree, childrenOf, type Node } from './model';
import { tooltipOf } from './tooltips';
import { treeItemOf } from './treeItems';

/** Shows the inventory. Painting is a join in memory; nothing here asks the engine. */
export class VolumesTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly subscription: vscode.Disposable;
  private roots: Node[] = [];

  constructor(private readonly inventory: LiveInventory) {
    this.subscription = inventory.onDidChange(() => this.rebuild());
  }

  /**
   * Shows what is known now. Only a difference is told: VS Code forgets all nodes then, and a menu that is open at that
   * moment runs its command without one.
   */
  rebuild(): void {
    const roots = buildTree(this.inventory.current, { grouped: settings.groupByComposeProject() });
    if (isDeepStrictEqual(roots, this.roots)) return;
    this.roots = roots;
    this.changed.fire();
  }

  /** Ages have moved on. */
  repaint(): void {
    this.changed.fire();
  }

  getChildren(node?: Node): Node[] {
    return node ? childrenOf(node) : this.roots;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return treeItemOf(node);
  }

  getParent(node: Node): Node | undefined {
    return this.nodes().find((parent) => childrenOf(parent).some(({ id }) => id === node.id));
  }

  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    item.tooltip = tooltipOf(node);
    return item;
  }

  nodes(): Node[] {
    return allNodes(this.roots);
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }
}
