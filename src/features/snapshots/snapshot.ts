import * as vscode from 'vscode';
import { snapshotVolume } from '../../core/operations';
import type { Consistency, SnapshotEntry } from '../../core/snapshotEntry';
import type { TimingRecord } from '../../core/timings/record';
import type { Operations } from '../../ui/operation';
import { settings } from '../../ui/settings';
import { format } from '../../ui/words';
import { volumeFor, type Targets } from '../volumes/targets';
import { readGitHead } from './gitHead';

/** Takes a snapshot at once; of all selected volumes, one after the other, when there are several. */
export async function snapshot(
  argument: unknown,
  selected: unknown,
  targets: Targets,
  operations: Operations,
): Promise<void> {
  const volumes = Array.isArray(selected) && selected.length > 1 ? (selected as unknown[]) : [argument];
  for (const each of volumes) {
    const { volume } = await volumeFor(each, targets);
    await takeSnapshot(operations, volume.name, { note: '', consistency: settings.consistency() });
  }
}

export function takeSnapshot(
  operations: Operations,
  volume: string,
  choice: { note: string; consistency: Consistency },
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
  const time = format.duration(totalMs);
  if (entry.frozenMs > 0) {
    return vscode.l10n.t('Snapshot of {0} taken in {1}, frozen {2}.', volume, time, format.duration(entry.frozenMs));
  }
  if (entry.consistency === 'live') {
    return vscode.l10n.t('Snapshot of {0} taken in {1}, while it was in use.', volume, time);
  }
  return vscode.l10n.t('Snapshot of {0} taken in {1}.', volume, time);
}
