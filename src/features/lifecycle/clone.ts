import * as vscode from 'vscode';
import { hasHiddenOptions, hasOwnPlace, specOfClone } from '../../core/newVolumeSpec';
import { cloneVolume } from '../../core/operations';
import type { Volume } from '../../core/engine';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import type { Operations } from '../../ui/operation';
import { format } from '../../ui/words';
import { reservations } from '../snapshots/reservations';
import { composeWords } from '../snapshots/restoreToNewVolume';
import { askName } from '../volumes/askName';
import { volumeFor, type Targets } from '../volumes/targets';

/** Makes a new volume with what this one holds; asks for its name. */
export async function clone(argument: unknown, targets: Targets, operations: Operations): Promise<void> {
  const { volume, snapshots } = await volumeFor(argument, targets);
  const hint = (name: string) => [...composeWords({ volume }, name), ...placeWords(volume)].join(' ');
  const title = vscode.l10n.t('Clone of {0}', volume.name);
  const name = await askName({ title, name: `${volume.name}-copy`, hint }, targets);
  await operations.run({
    kind: 'clone',
    volume: name,
    title: vscode.l10n.t('Clone of {0} to {1}', volume.name, name),
    ...aheadOf(snapshots[0]?.entry),
    work: (host, run) => cloneVolume(host, { source: volume.name, spec: specOfClone(volume, name) }, run),
    completion: ({ snapshot }, { totalMs }) => ({
      text: [
        vscode.l10n.t('{0} cloned to {1} in {2}.', volume.name, name, format.duration(totalMs)),
        ...reservations([snapshot]),
      ].join(' '),
      losses: snapshot.losses,
    }),
  });
}

/** As much as the volume held when it was last looked at. */
function aheadOf(newest: SnapshotEntry | undefined) {
  return newest && { ahead: { files: newest.files, bytes: newest.totalBytes } };
}

/** Driver and options are kept, but for what says where the data of the original lies. */
function placeWords(volume: Volume): string[] {
  if (hasOwnPlace(volume)) {
    return [vscode.l10n.t('The options of “{0}” say where its data lies: the clone is a plain volume.', volume.name)];
  }
  if (hasHiddenOptions(volume)) {
    return [vscode.l10n.t('The options of “{0}” hold a password: the clone is a plain volume.', volume.name)];
  }
  return [];
}
