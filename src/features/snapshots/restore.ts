import * as vscode from 'vscode';
import { displayName } from '../../core/bytes';
import type { Loss } from '../../core/entry';
import { type Failure, isFailure } from '../../core/failure';
import { restoreSnapshots, type RestoredVolume, type RestoreResult } from '../../core/operations';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import type { TimingRecord } from '../../core/timings/record';
import { confirm } from '../../ui/confirm';
import { estimateWords } from '../../ui/expectationWords';
import { messageOf } from '../../ui/failureMessages';
import type { Operations } from '../../ui/operation';
import { format } from '../../ui/words';
import type { EngineConnection } from '../connection/engineConnection';
import { snapshotFor, type Targets } from '../volumes/targets';
import { containersToStop } from './containersToStop';
import { restoreToNewVolume } from './restoreToNewVolume';
import { refuseEnded } from './undoable';

/**
 * Makes a volume equal to a snapshot of it, once the user knows what that does. Where the volume is gone there is nothing
 * to be made equal, and a new one is offered.
 */
export async function restore(
  argument: unknown,
  targets: Targets,
  operations: Operations,
  connection: EngineConnection,
): Promise<void> {
  const node = await snapshotFor(argument, targets, { inPlace: true });
  if (!node.volume) return restoreToNewVolume(node, targets, operations);
  const { entry } = node;
  const name = entry.volume.name;
  const estimate = await operations.estimate({ kind: 'restore', volume: name });
  await confirmRestore(entry, await containersToStop([name], connection), estimateWords(estimate));
  await restoreAndOfferUndo(targets, operations, { name, snapshots: [entry] });
}

function confirmRestore(entry: SnapshotEntry, stopped: readonly string[], estimate: readonly string[]): Promise<void> {
  const volume = entry.volume.name;
  const details = [
    ...(entry.note && entry.kind === 'user' ? [vscode.l10n.t('Note: {0}', entry.note)] : []),
    ...leftOutWords(entry.losses),
    ...stopWords(stopped),
    ...estimate,
  ];
  const question = vscode.l10n.t('Restore “{0}” to its snapshot of {1}?', volume, format.time(new Date(entry.time)));
  return confirm(question, details, vscode.l10n.t('Restore'));
}

/** Of data from a backup that was made without some of it: a volume that is made equal to it has not got that either. */
export function leftOutWords(losses: readonly Loss[]): string[] {
  const loss = losses.find(({ kind }) => kind === 'excluded');
  if (!loss) return [];
  const [count, first] = [format.count(loss.count), displayName(loss.path)];
  return [
    vscode.l10n.t(
      'The backup left out entries of the volume: {0} (first: {1}). A restore removes what is there of them; the safety snapshot keeps it.',
      count,
      first,
    ),
  ];
}

/** What a restore in place does besides, for the question before it. */
export function stopWords(stopped: readonly string[]): string[] {
  return [
    stopped.length > 0
      ? vscode.l10n.t('These containers are stopped for it and started again: {0}.', format.list(stopped))
      : vscode.l10n.t('No running container uses the volume.'),
    vscode.l10n.t('A safety snapshot of what the volume holds now is taken first, so this can be undone.'),
  ];
}

/** What is restored in place, each snapshot to its own volume, and its name for people. */
export interface Restored {
  name: string;
  snapshots: readonly SnapshotEntry[];
  /** Names of volumes that are gone, and are made anew for it. */
  anew?: readonly string[];
}

export async function restoreAndOfferUndo(
  targets: Targets,
  operations: Operations,
  what: Restored,
  { undo = false, anyVersion = false } = {},
): Promise<void> {
  const { name, snapshots, anew = [] } = what;
  const requests = snapshots.map((snapshot) => {
    const volume = snapshot.volume.name;
    return { snapshot, volume, anew: anew.includes(volume), anyVersion };
  });
  await operations.run({
    kind: 'restore',
    volume: name,
    title: undo ? vscode.l10n.t('Undo of the last restore of {0}', name) : vscode.l10n.t('Restore of {0}', name),
    work: (host, run) => restoreSnapshots(host, requests, run),
    instead: (failure) =>
      isFailure(failure, 'databaseVersionDiffers')
        ? async () => {
            await confirmOtherVersion(failure, undo);
            await restoreAndOfferUndo(targets, operations, what, { undo, anyVersion: true });
          }
        : undefined,
    completion: (result, record) => ({
      text: restoredWords(what, result, record, undo),
      losses: lossesOf(result.volumes),
      action: undoAction({ name, volumes: result.volumes }, targets, operations),
    }),
  });
}

/** What neither the safety snapshots nor the volumes could keep. */
export function lossesOf(volumes: readonly RestoredVolume[]): Loss[] {
  return volumes.flatMap(({ safety, switched }) => [...safety.losses, ...switched.losses]);
}

/** The button of a message that volumes were restored, by whatever command: what was there before comes back. */
export function undoAction(
  { name, volumes }: { name: string; volumes: readonly RestoredVolume[] },
  targets: Targets,
  operations: Operations,
) {
  return {
    title: vscode.l10n.t('Undo'),
    run: async () => {
      const snapshots = volumes.map(({ safety }) => safety);
      await refuseEnded(snapshots, targets);
      await restoreAndOfferUndo(targets, operations, { name, snapshots }, { undo: true });
    },
  };
}

/** The database may not start on it, or change it as it starts: people decide. */
function confirmOtherVersion(failure: Failure, undo: boolean): Promise<void> {
  const [question, yes] = undo
    ? [vscode.l10n.t('Undo the last restore, back to the data of another version?'), vscode.l10n.t('Undo Anyway')]
    : [vscode.l10n.t('Restore the data of another version?'), vscode.l10n.t('Restore Anyway')];
  return confirm(question, [messageOf(failure).text], yes);
}

/**
 * An undo is a restore as well, and the last one there was may be an undo: the words of both are the same, so they say
 * of what time the data is that is back.
 */
function restoredWords(what: Restored, result: RestoreResult, record: TimingRecord, undo: boolean): string {
  const { restarted, startedMeanwhile } = result;
  const time = format.duration(record.totalMs);
  const asOf = format.time(new Date(what.snapshots[0]!.time));
  const done = undo
    ? vscode.l10n.t('The last restore of {0} was undone in {1}: what was there at {2} is back.', what.name, time, asOf)
    : vscode.l10n.t('{0} restored in {1}.', what.name, time);
  const sentences = [done];
  if (what.anew?.length) sentences.push(vscode.l10n.t('Made anew: {0}.', format.list(what.anew)));
  if (restarted.length > 0) {
    const down = format.duration(record.downtimeMs);
    sentences.push(vscode.l10n.t('Started again after {0}: {1}.', down, format.list(restarted)));
  }
  if (startedMeanwhile !== undefined) {
    sentences.push(
      vscode.l10n.t(
        '{0} started during the restore and may have seen old and new files: restart it.',
        startedMeanwhile,
      ),
    );
  }
  return sentences.join(' ');
}
