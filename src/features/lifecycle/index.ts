import type { CommandRegistry } from '../../ui/commands';
import type { Operations } from '../../ui/operation';
import type { Targets } from '../volumes/targets';
import { bringBack } from './bringBack';
import { clone } from './clone';
import { create } from './create';
import { remove } from './remove';

/** What is done with whole volumes: made, copied, removed, brought back. */
export function registerLifecycle(commands: CommandRegistry, targets: Targets, operations: Operations): void {
  commands.register('createVolume', () => create(targets, operations));
  commands.register('cloneVolume', (node) => clone(node, targets, operations));
  commands.register('removeVolume', (node, selected) => remove(node, selected, targets, operations));
  commands.register('bringBack', (node, selected) => bringBack(node, selected, targets, operations));
}
