import * as vscode from 'vscode';
import type { Analysis } from '../../core/analysis/analysis';
import type { Sized } from '../../core/analysis/totals';
import { displayName } from '../../core/bytes';
import { analyseVolume } from '../../core/operations';
import type { AnalysisMessage, AnalysisSubject } from '../../core/timings/pageMessages';
import type { Operations } from '../../ui/operation';
import { fileCount, format } from '../../ui/words';
import type { SnapshotNode, VolumeNode } from '../volumes/model';
import { nodeOf, volumeFor, type Targets } from '../volumes/targets';

/** What a command was started on: a snapshot; or of a volume its newest one, or the volume itself when there is none. */
export async function subjectFor(argument: unknown, targets: Targets): Promise<AnalysisSubject> {
  const node = await nodeOf(argument, targets);
  if (node?.kind === 'snapshot') {
    const { volume } = node.entry;
    const nodes = await targets.nodes();
    const all = nodes.flatMap((each) =>
      each.kind === 'snapshot' && each.entry.volume.name === volume.name ? [each] : [],
    );
    return subjectOf(volume.name, all.slice(all.findIndex(({ id }) => id === node.id)));
  }
  const { volume, snapshots }: VolumeNode = await volumeFor(node, targets);
  return subjectOf(volume.name, snapshots);
}

/** Newest first: the first of them, and what it is compared with. */
function subjectOf(volume: string, [snapshot, since]: readonly SnapshotNode[]): AnalysisSubject {
  return { volume, ...(snapshot && { snapshot: snapshot.entry.id }), ...(since && { since: since.entry.id }) };
}

/** Undefined when it failed or was cancelled, which has then been said. */
export async function analyse(
  of: AnalysisSubject,
  operations: Operations,
): Promise<Omit<AnalysisMessage, 'isNew'> | undefined> {
  const analysis = await operations.run({
    kind: 'analyse',
    volume: of.volume,
    title: vscode.l10n.t('Analysis of {0}', of.volume),
    work: (host, run) => analyseVolume(host, of, run),
    completion: ({ bytes, files }) => ({
      text: vscode.l10n.t('{0} holds {1} in {2}.', of.volume, format.bytes(bytes), fileCount(files)),
    }),
  });
  return analysis && { type: 'analysis', of, analysis: forPeople(analysis) };
}

/** Paths are bytes until here. */
function forPeople(analysis: Analysis): Analysis {
  const named = <T extends Sized>(all: readonly T[]): T[] =>
    all.map((each) => ({ ...each, path: displayName(each.path) }));
  const { largestFolders, largestFiles, differences } = analysis;
  return {
    ...analysis,
    largestFolders: named(largestFolders),
    largestFiles: named(largestFiles),
    ...(differences && {
      differences: { ...differences, folders: named(differences.folders), files: named(differences.files) },
    }),
  };
}
