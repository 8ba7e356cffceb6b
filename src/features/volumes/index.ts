import * as vscode from 'vscode';
import { escapeUnprintable } from '../../core/bytes';
import type { CommandRegistry } from '../../ui/commands';
import { presentError } from '../../ui/presentError';
import type { Operations } from '../../ui/operation';
import { ManagedContextKey } from '../../ui/managedContextKey';
import { onDidChangeSettings, setGroupByComposeProject, settings } from '../../ui/settings';
import type { EngineConnection } from '../connection/engineConnection';
import { computeSize } from './computeSize';
import { copyName } from './copyName';
import { DragAndDrop } from './dragAndDrop';
import { inspect, InspectDocuments } from './inspect';
import { LiveInventory } from './liveInventory';
import { LiveRefresh } from './liveRefresh';
import { buildTree, type Node } from './model';
import { openItem } from './openItem';
import { loadInventory, refresh } from './refresh';
import type { Targets } from './targets';
import { VolumesTree } from './tree';

const viewId = 'dockerVolumes.volumes';

/** The view "Volumes", what keeps it fresh, and the commands that only look. Returns what the other commands work on. */
export function registerVolumes(
  context: vscode.ExtensionContext,
  commands: CommandRegistry,
  connection: EngineConnection,
  operations: Operations,
  log: vscode.LogOutputChannel,
): Targets {
  const inventory = new LiveInventory();
  const tree = new VolumesTree(inventory);
  const dragAndDrop = new DragAndDrop((error) => presentError(error, log));
  const view = vscode.window.createTreeView(viewId, {
    treeDataProvider: tree,
    canSelectMany: true,
    showCollapseAll: true,
    dragAndDropController: dragAndDrop,
  });
  // Nobody asked for it, so a failure is no message; the command Refresh says it.
  const load = () =>
    loadInventory(connection, inventory).catch((error: unknown) => log.warn('background refresh', String(error)));
  const live = new LiveRefresh(
    () => view.visible,
    () => void load(),
    () => tree.repaint(),
  );
  /** Opens a volume, or the volumes of a project, so that the new snapshots are seen. */
  const show = async (name: string): Promise<void> => {
    const isShown = (node: Node) =>
      node.kind === 'volume' && (node.volume.name === name || node.snapshots[0]?.entry.group?.project === name);
    // The first one last: that is where the view then is.
    for (const node of tree.nodes().filter(isShown).reverse()) {
      // Best effort: VS Code refuses when the tree has changed meanwhile.
      if (view.visible) await view.reveal(node, { expand: true, select: false }).then(undefined, () => undefined);
    }
  };
  const canUndoRestore = new ManagedContextKey<boolean>('dockerVolumes.canUndoRestore');
  /** The view says that there are no volumes only when the engine has said so. */
  const isEmpty = new ManagedContextKey<boolean>('dockerVolumes.isEmpty');
  /** That a restore can be undone is offered in the palette too, whether the view is visible or not. */
  const noticeUnseen = (): void => {
    live.notice();
    if (!view.visible) void load();
  };
  const connectAndLoad = async (): Promise<void> => {
    await connection.engine();
    await loadInventory(connection, inventory);
  };
  const documents = new InspectDocuments(connection);
  const targets: Targets = {
    async nodes() {
      await connectAndLoad();
      return tree.nodes();
    },
    async projects() {
      await connectAndLoad();
      return buildTree(inventory.current, { grouped: true });
    },
    selection: () => view.selection,
    onDrop: (drop) => (dragAndDrop.drop = drop),
    onDropFiles: (drop) => (dragAndDrop.dropFiles = drop),
    showStandbys: (standbys) => inventory.showStandbys(standbys),
    snapshots: () => inventory.current.snapshots,
    parentOf: (node) => tree.getParent(node),
  };

  context.subscriptions.push(
    inventory,
    inventory.onDidChange(() => {
      const nodes = tree.nodes();
      isEmpty.set(inventory.isListed && nodes.length === 0);
      view.message = nodes.length > 0 ? engineWords(connection) : undefined;
      canUndoRestore.set(nodes.some((node) => 'undo' in node));
    }),
    tree,
    view,
    live,
    documents,
    connection.onDidChange((state) => {
      if (state.kind !== 'connected') return inventory.clear();
      // At once: nothing has to settle yet. A view that nobody sees asks again when it is seen.
      if (!view.visible) live.notice();
      void load();
    }),
    connection.onDidChangeEngine(() => live.notice()),
    operations.onDidEnd((record) => {
      if (['restore', 'sync', 'empty', 'copyInto'].includes(record.kind)) noticeUnseen();
      else live.notice();
      if (record.kind === 'snapshot' && record.outcome === 'done') void load().then(() => show(record.volume));
    }),
    onDidChangeSettings(['groupByComposeProject'], () => tree.rebuild()),
    view.onDidChangeVisibility(({ visible }) => {
      connection.watch(visible);
      live.refreshIfSeen();
    }),
  );
  connection.watch(view.visible);

  commands.register('refresh', () => refresh(connection, inventory));
  commands.register('computeSize', (node) => computeSize(node, targets, operations, inventory));
  commands.register('inspect', (node) => inspect(node, targets, documents));
  commands.register('copyName', (node) => copyName(node, targets));
  commands.register('openItem', () => openItem(targets));
  commands.register('toggleGrouping', () => setGroupByComposeProject(!settings.groupByComposeProject()));
  return targets;
}

/**
 * Which engine is shown. A line above the rows: of a view that is alone in its container, as this one is, VS Code shows no
 * description; and above no rows, a line would keep the welcome from being shown.
 */
function engineWords({ state }: EngineConnection): string | undefined {
  return state.kind === 'connected' ? escapeUnprintable(state.engine.name) : undefined;
}
