import * as vscode from 'vscode';
import { snapshotVolume } from '../../core/operations';
import type { Consistency, SnapshotEntry } from '../../core/snapshotEntry';
import type { TimingRecord } from '../../core/timings/record';
import type { Operations } from '../../ui/operation';
import { forNotification } from '../../ui/plainText';
import { format } from '../../ui/words';
import { isGone } from '../volumes/model';
import { isProject, nodeOf, projectFor, volumeFor, type ProjectNode, type Targets } from '../volumes/targets';
import { readGitHead } from './gitHead';
import { takeProjectSnapshot } from './project';
import { reservations } from './reservations';
import { subjectsOf, type Subject } from './subjects';

/** Takes a snapshot at once; of all selected volumes and projects, one after the other, when there are several. */
export async function snapshot(
  argument: unknown,
  selected: unknown,
  targets: Targets,
  operations: Operations,
): Promise<void> {
  // Before the focus is made the selection.
  const selection = argument === 'focused' ? targets.selection() : selected;
  const node = await nodeOf(argument, targets);
  if (node && isProject(node) && isGone(node)) return sayGone(node);
  const subjects = node ? subjectsOf(node, selection) : [];
  await takeAll(operations, subjects.length > 0 ? subjects : [await volumeFor(argument, targets)]);
}

/** The same of a project: of all its volumes at one moment. */
export async function snapshotProject(
  argument: unknown,
  selected: unknown,
  targets: Targets,
  operations: Operations,
): Promise<void> {
  const project = await projectFor(argument, targets, { present: true });
  await takeAll(operations, subjectsOf(project, selected));
}

/** Ends with the first one that fails or is cancelled. */
async function takeAll(operations: Operations, subjects: readonly Subject[]): Promise<void> {
  for (const subject of subjects) {
    const taken = isProject(subject)
      ? await takeProjectSnapshot(operations, subject)
      : await takeSnapshot(operations, subject.volume.name, { note: '' });
    if (!taken) return;
  }
}

function sayGone({ project }: ProjectNode): void {
  void vscode.window.showInformationMessage(
    forNotification(
      vscode.l10n.t('All volumes of “{0}” are gone, so that there is nothing to take a snapshot of.', project),
    ),
  );
}

export function takeSnapshot(
  operations: Operations,
  volume: string,
  choice: { note: string; consistency?: Consistency },
): Promise<SnapshotEntry | undefined> {
  const head = readGitHead();
  return operations.run({
    kind: 'snapshot',
    volume,
    title: vscode.l10n.t('Snapshot of {0}', volume),
    async work(host, run) {
      const git = await head;
      return snapshotVolume(host, { volume, ...choice, ...(git && { git }) }, run);
    },
    completion: (entry, record) => ({ text: takenWords(volume, entry, record), losses: entry.losses }),
  });
}

function takenWords(volume: string, entry: SnapshotEntry, { totalMs }: TimingRecord): string {
  return [howTaken(volume, entry, format.duration(totalMs)), ...reservations([entry])].join(' ');
}

function howTaken(volume: string, { frozenMs }: SnapshotEntry, time: string): string {
  return frozenMs > 0
    ? vscode.l10n.t('Snapshot of {0} taken in {1}, frozen {2}.', volume, time, format.duration(frozenMs))
    : vscode.l10n.t('Snapshot of {0} taken in {1}.', volume, time);
}
