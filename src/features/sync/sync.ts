import * as vscode from 'vscode';
import type { Changes } from '../../core/changes';
import { isFailure } from '../../core/failure';
import { previewSync, syncVolume, type RestoreResult, type SyncRequest } from '../../core/operations';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import type { TimingRecord } from '../../core/timings/record';
import { choose, confirm } from '../../ui/confirm';
import { estimateWords } from '../../ui/expectationWords';
import type { Operations } from '../../ui/operation';
import { format } from '../../ui/words';
import type { EngineConnection } from '../connection/engineConnection';
import { changesText } from '../snapshots/changesText';
import { containersToStop } from '../snapshots/containersToStop';
import type { PreviewDocuments } from '../snapshots/previewRestore';
import { reservations } from '../snapshots/reservations';
import { lossesOf, stopWords, undoAction } from '../snapshots/restore';
import type { Targets } from '../volumes/targets';
import { confirmAnyway, evenSo, wouldChange } from './halted';

/** What the commands of this feature work with. */
export interface Syncs {
  targets: Targets;
  operations: Operations;
  connection: EngineConnection;
  previews: PreviewDocuments;
}

/** From one volume to another, by their names. */
export interface Direction {
  source: string;
  target: string;
}

/** Shows what a sync would change, and makes the target equal to exactly what was shown once the user has said so. */
export async function previewAndSync(direction: Direction, syncs: Syncs): Promise<void> {
  const { source, target } = direction;
  const stopped = await containersToStop([target], syncs.connection);
  const preview = await syncs.operations.run({
    kind: 'previewSync',
    volume: target,
    title: vscode.l10n.t('Preview of a sync of {0} to {1}', source, target),
    work: (host, run) => previewSync(host, direction, run),
  });
  if (!preview) return;
  const { snapshot, changes } = preview;
  const [yes, show] = [vscode.l10n.t('Sync'), vscode.l10n.t('Show Changes')];
  const details = [wouldChange(changes), ...reservations([snapshot]), ...stopWords(stopped)];
  const answer = await choose(questionOf(direction), details, [yes, show]);
  if (answer === yes) return runSync({ ...direction, snapshot }, syncs);
  await showChanges(direction, { snapshot, changes, stopped }, syncs);
}

/** The same once more, after no more than a question: of what the source holds by then. */
export async function syncAgain(direction: Direction, syncs: Syncs): Promise<void> {
  const stopped = await containersToStop([direction.target], syncs.connection);
  const estimate = await syncs.operations.estimate({ kind: 'sync', volume: direction.target });
  await confirm(questionOf(direction), [...estimateWords(estimate), ...stopWords(stopped)], vscode.l10n.t('Sync'));
  await runSync(direction, syncs);
}

function questionOf({ source, target }: Direction): string {
  return vscode.l10n.t('Make “{0}” equal to “{1}”?', target, source);
}

async function showChanges(
  direction: Direction,
  { snapshot, changes, stopped }: { snapshot: SnapshotEntry; changes: Changes; stopped: readonly string[] },
  syncs: Syncs,
): Promise<void> {
  const { source, target } = direction;
  const heading = vscode.l10n.t('Sync of {0} to {1}, as of {2}', source, target, format.time(new Date(snapshot.time)));
  await syncs.previews.show({
    name: `${source} → ${target}`,
    id: snapshot.id,
    text: changesText(heading, changes),
    action: {
      title: vscode.l10n.t('Sync…'),
      async run() {
        await confirm(questionOf(direction), [wouldChange(changes), ...stopWords(stopped)], vscode.l10n.t('Sync'));
        await runSync({ ...direction, snapshot }, syncs);
      },
    },
  });
}

async function runSync(request: SyncRequest, syncs: Syncs): Promise<void> {
  const { source, target } = request;
  const { operations, targets } = syncs;
  const again = (more: Partial<SyncRequest>) => runSync({ ...request, ...more }, syncs);
  await operations.run({
    kind: 'sync',
    volume: target,
    title: vscode.l10n.t('Sync of {0} to {1}', source, target),
    work: (host, run) => syncVolume(host, request, run),
    instead: (failure) => {
      if (!isFailure(failure)) return undefined;
      const more = evenSo(failure);
      return more && (async () => (await confirmAnyway(failure), await again(more)));
    },
    completion: ({ volumes, snapshot, ...result }, record) => ({
      text: [syncedWords(request, result, record), ...reservations([snapshot])].join(' '),
      losses: lossesOf(volumes),
      action: undoAction({ name: target, volumes }, targets, operations),
    }),
  });
}

function syncedWords(
  { source, target }: Direction,
  { restarted, startedMeanwhile }: Pick<RestoreResult, 'restarted' | 'startedMeanwhile'>,
  { totalMs, downtimeMs, bytesMoved }: TimingRecord,
): string {
  const moved = format.bytes(bytesMoved);
  return [
    vscode.l10n.t('{0} is equal to {1}: {2} moved in {3}.', target, source, moved, format.duration(totalMs)),
    ...(restarted.length > 0
      ? [vscode.l10n.t('Started again after {0}: {1}.', format.duration(downtimeMs), format.list(restarted))]
      : []),
    ...(startedMeanwhile === undefined
      ? []
      : [
          vscode.l10n.t(
            '{0} started during the restore and may have seen old and new files: restart it.',
            startedMeanwhile,
          ),
        ]),
  ].join(' ');
}
