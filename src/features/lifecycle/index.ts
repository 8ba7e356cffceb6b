import type { CommandRegistry } from '../../ui/commands';
import type { Operations } from '../../ui/operation';
import type { EngineConnection } from '../connection/engineConnection';
import type { Targets } from '../volumes/targets';
import { bringBack } from './bringBack';
import { clone } from './clone';
import { create } from './create';
import { empty } from './empty';
import { prune } from './prune';
import { remove } from './remove';
import { rename } from './rename';

/** What is done with whole volumes: made, copied, removed, brought back. */
export function registerLifecycle(
  commands: CommandRegistry,
  targets: Targets,
  connection: EngineConnection,
  operations: Operations,
): void {
  commands.register('createVolume', () => create(targets, operations));
  commands.register('cloneVolume', (node) => clone(node, targets, operations));
  commands.register('emptyVolume', (node) => empty(node, targets, connection, operations));
  commands.register('removeVolume', (node, selected) => remove(node, selected, targets, operations));
  commands.register('renameVolume', (node) => rename(node, targets, operations));
  commands.register('pruneVolumes', () => prune(connection, operations));
  commands.register('bringBack', (node, selected) => bringBack(node, selected, targets, operations));
}
