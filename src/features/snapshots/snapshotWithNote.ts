import * as vscode from 'vscode';
import { askedConsistency } from '../../core/consistency/level';
import type { Volume } from '../../core/engine';
import type { Consistency } from '../../core/snapshotEntry';
import { chosen } from '../../ui/cancellation';
import type { Operations } from '../../ui/operation';
import { settings } from '../../ui/settings';
import { volumeFor, type Targets } from '../volumes/targets';
import { takeSnapshot } from './snapshot';

/** Takes a snapshot with a note, and with a consistency chosen for this once where containers use the volume. */
export async function snapshotWithNote(argument: unknown, targets: Targets, operations: Operations): Promise<void> {
  const { volume, use } = await volumeFor(argument, targets);
  const note = chosen(
    await vscode.window.showInputBox({
      title: vscode.l10n.t('Snapshot of {0}', volume.name),
      prompt: vscode.l10n.t('Note, shown beside the snapshot'),
      placeHolder: vscode.l10n.t('before the migration'),
    }),
  ).trim();
  const choice = use === 'running' ? { consistency: await chooseConsistency(volume) } : {};
  await takeSnapshot(operations, volume.name, { note, ...choice });
}

async function chooseConsistency({ labels }: Volume): Promise<Consistency> {
  const usual = askedConsistency(labels, { usual: settings.consistency() }).consistency;
  const choices: (vscode.QuickPickItem & { consistency: Consistency })[] = [
    {
      consistency: 'paused',
      label: vscode.l10n.t('Paused'),
      detail: vscode.l10n.t('Containers are paused for a moment. Databases recover from it as from a power cut.'),
    },
    {
      consistency: 'application',
      label: vscode.l10n.t('Application'),
      detail: vscode.l10n.t(
        'Commands of the labels run in the containers before and after the pause, or what is known of their database.',
      ),
    },
    {
      consistency: 'stopped',
      label: vscode.l10n.t('Stopped'),
      detail: vscode.l10n.t('Containers are stopped and started again: a clean shutdown, with a downtime.'),
    },
    {
      consistency: 'live',
      label: vscode.l10n.t('Live'),
      detail: vscode.l10n.t('Nothing is touched. The snapshot may hold files of different moments.'),
    },
  ];
  // The usual one first: Enter takes it.
  choices.sort((a, b) => Number(b.consistency === usual) - Number(a.consistency === usual));
  const placeHolder = vscode.l10n.t('How to treat the containers that use the volume');
  return chosen(await vscode.window.showQuickPick(choices, { placeHolder })).consistency;
}
