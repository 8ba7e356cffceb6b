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

  rebuild(): void {
    this.roots = buildTree(this.inventory.current, { grouped: settings.groupByComposeProject() });
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
