import type { CommandRegistry } from '../../ui/commands';
import type { Syncs } from '../sync/sync';
import { dropFiles } from './dropFiles';
import { copyFolderIn, copyToFolder } from './copyFolder';

/** A folder of this machine is copied into a volume, and a volume to a folder. */
export function registerFolders(commands: CommandRegistry, syncs: Syncs): void {
  syncs.targets.onDropFiles((paths, onto) => dropFiles(paths, onto, syncs));
  commands.register('copyFolderIn', (node) => copyFolderIn(node, syncs));
  commands.register('copyToFolder', (node) => copyToFolder(node, syncs));
}
