import * as vscode from 'vscode';
import { createVolume } from '../../core/operations';
import type { Operations } from '../../ui/operation';
import { askName } from '../volumes/askName';
import type { Targets } from '../volumes/targets';
import { askLabels, askPlace } from './askPlace';

/** Creates a volume: a plain one, a folder of the engine's machine, a network share, or whatever a driver makes of options. */
export async function create(targets: Targets, operations: Operations): Promise<void> {
  const place = await askPlace();
  const name = await askName({ title: vscode.l10n.t('Create Volume'), name: '' }, targets);
  const labels = await askLabels();
  await operations.run({
    kind: 'create',
    volume: name,
    title: vscode.l10n.t('Creation of {0}', name),
    work: (host, run) => createVolume(host, { name, labels, ...place }, run),
    completion: () => ({ text: vscode.l10n.t('{0} created.', name) }),
  });
}
