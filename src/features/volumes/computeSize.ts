import * as vscode from 'vscode';
import { computeSize as compute } from '../../core/operations';
import type { Operations } from '../../ui/operation';
import { fileCount, format } from '../../ui/words';
import type { LiveInventory } from './liveInventory';
import { identityOf } from './model';
import { volumeFor, type Targets } from './targets';

export async function computeSize(
  argument: unknown,
  targets: Targets,
  operations: Operations,
  inventory: LiveInventory,
): Promise<void> {
  const { volume } = await volumeFor(argument, targets);
  const size = await operations.run({
    kind: 'size',
    volume: volume.name,
    title: vscode.l10n.t('Size of {0}', volume.name),
    work: (host, run) => compute(host, volume.name, run),
    completion: (size) => ({
      text: vscode.l10n.t('{0} holds {1} in {2}.', volume.name, format.bytes(size.bytes), fileCount(size.files)),
    }),
  });
  if (size) inventory.rememberSize(identityOf(volume), size);
}
