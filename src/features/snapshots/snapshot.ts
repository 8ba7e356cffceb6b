import * as vscode from 'vscode';
import { snapshotVolume } from '../../core/operations';
import type { Consistency, SnapshotEntry } from '../../core/snapshotEntry';
import type { TimingRecord } from '../../core/timings/record';
import type { Operations } from '../../ui/operation';
import { format } from '../../ui/words';
import type { Node } from '../volumes/model';
import { volumeFor, type Targets } from '../volumes/targets';
import { readGitHead } from './gitHead';
import { reservations } from './reservations';

/**
 * Takes a snapshot at once; of all selected volumes, one after the other, when there are several. Ends with the first one
 * that fails or is cancelled.
 */
export async function snapshot(
  argument: unknown,
  selected: unknown,
  targets: Targets,
  operations: Operations,
): Promise<void> {
  const several = selectedVolumes(selected);
  const names = several.length > 1 ? several : [(await volumeFor(argument, targets)).volume.name];
  for (const name of names) {
    if (!(await takeSnapshot(operations, name, { note: '' }))) return;
  }
}

/** Of a volume that is selected together with its snapshots and containers, one snapshot is wanted. */
function selectedVolumes(selected: unknown): string[] {
  const nodes = Array.isArray(selected) ? (selected as Node[]) : [];
  return [...new Set(nodes.flatMap((node) => (node.kind === 'volume' ? [node.volume.name] : [])))];
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
