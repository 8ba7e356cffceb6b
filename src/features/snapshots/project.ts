import * as vscode from 'vscode';
import { allChanges } from '../../core/changes';
import { previewRestores, snapshotVolumes } from '../../core/operations';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import { completeGroups } from '../../core/snapshotGroups';
import type { TimingRecord } from '../../core/timings/record';
import { confirm } from '../../ui/confirm';
import { estimateWords } from '../../ui/expectationWords';
import type { Operations } from '../../ui/operation';
import { forQuickPick } from '../../ui/plainText';
import { format } from '../../ui/words';
import type { EngineConnection } from '../connection/engineConnection';
import type { VolumeNode } from '../volumes/model';
import { pick, projectFor, type ProjectNode, type Targets } from '../volumes/targets';
import { wouldChange } from './changesText';
import { containersToStop } from './containersToStop';
import { readGitHead } from './gitHead';
import type { PreviewDocuments } from './previewRestore';
import { reservations } from './reservations';
import { restoreAndOfferUndo } from './restore';

/** Snapshots all volumes of a Compose project that are there at one moment, all or none. */
export function takeProjectSnapshot(operations: Operations, node: ProjectNode): Promise<SnapshotEntry[] | undefined> {
  const { project, volumes } = volumesOf(node);
  const head = readGitHead();
  return operations.run({
    kind: 'snapshot',
    volume: project,
    title: vscode.l10n.t('Snapshot of {0}', project),
    async work(host, run) {
      const git = await head;
      const names = volumes.map(({ volume }) => volume.name);
      return snapshotVolumes(host, { volumes: names, project, note: '', ...(git && { git }) }, run);
    },
    completion: (entries, record) => ({
      text: takenWords(project, entries, record),
      losses: entries.flatMap(({ losses }) => losses),
    }),
  });
}

/** Makes all volumes of a Compose project what they were at one moment, all or none; those that are gone are made anew. */
export async function restoreProject(
  argument: unknown,
  targets: Targets,
  operations: Operations,
  connection: EngineConnection,
): Promise<void> {
  await restoreMoment(await momentFor(argument, targets), targets, operations, connection);
}

/** Shows what restoring all volumes of a Compose project to one moment would do; the restore is offered beside it. */
export async function previewProject(
  argument: unknown,
  targets: Targets,
  operations: Operations,
  documents: PreviewDocuments,
  connection: EngineConnection,
): Promise<void> {
  const chosen = await momentFor(argument, targets);
  const { project, moment, gone } = chosen;
  const requests = moment.map((snapshot) => {
    const volume = snapshot.volume.name;
    return { snapshot, volume, anew: gone.includes(volume) };
  });
  const restoreIt = () => restoreMoment(chosen, targets, operations, connection);
  const changes = await operations.run({
    kind: 'previewRestore',
    volume: project,
    title: vscode.l10n.t('Preview of a restore of {0}', project),
    work: (host, run) => previewRestores(host, requests, run),
    completion: (found) => ({
      text: wouldChange(project, allChanges(found)),
      action: {
        title: vscode.l10n.t('Restore…'),
        run: restoreIt,
      },
    }),
  });
  if (changes) await documents.open(project, moment, changes, restoreIt);
}

/** A project, and snapshots of all the volumes that it had at one moment. */
interface Moment {
  project: string;
  moment: readonly SnapshotEntry[];
  /** Names of those it has gained since. */
  since: string[];
  /** Names of those of the moment that are gone. */
  gone: string[];
}

async function restoreMoment(
  chosen: Moment,
  targets: Targets,
  operations: Operations,
  connection: EngineConnection,
): Promise<void> {
  const { project, moment, gone } = chosen;
  const present = moment.map(({ volume }) => volume.name).filter((name) => !gone.includes(name));
  const estimate = await operations.estimate({ kind: 'restore', volume: project });
  await confirmRestore(chosen, await containersToStop(present, connection), estimateWords(estimate));
  await restoreAndOfferUndo(targets, operations, { name: project, snapshots: moment, anew: gone });
}

async function momentFor(argument: unknown, targets: Targets): Promise<Moment> {
  const node = await projectFor(argument, targets);
  const { project, volumes } = volumesOf(node);
  const nodes = await targets.nodes();
  const entries = nodes.flatMap((each) => (each.kind === 'snapshot' ? [each.entry] : []));
  const moment = await pick(
    completeGroups(entries, project),
    ([first, ...others]) => ({
      label: format.age(new Date(first!.time), new Date()),
      description: [
        format.time(new Date(first!.time)),
        first!.kind === 'safety' ? vscode.l10n.t('before a restore') : forQuickPick(first!.note),
      ]
        .filter(Boolean)
        .join(' · '),
      detail: format.list([first!, ...others].map(({ volume }) => forQuickPick(volume.name))),
    }),
    vscode.l10n.t('Choose a moment'),
    noMomentWords(node),
  );
  const names = moment.map(({ volume }) => volume.name);
  const there = new Set(nodes.flatMap((each) => (each.kind === 'volume' ? [each.volume.name] : [])));
  return {
    project,
    moment,
    since: volumes.map(({ volume }) => volume.name).filter((name) => !names.includes(name)),
    gone: names.filter((name) => !there.has(name)),
  };
}

function noMomentWords({ children }: ProjectNode): string {
  return children.some(({ snapshots }) => snapshots.length > 0)
    ? vscode.l10n.t(
        'There is no snapshot of the whole project, or a part of it was deleted. Restore its volumes one by one, each from a snapshot of its own.',
      )
    : vscode.l10n.t('There is no snapshot of the whole project yet. Take one first.');
}

function volumesOf({ project, children }: ProjectNode): { project: string; volumes: VolumeNode[] } {
  return { project, volumes: children.filter((child) => child.kind === 'volume') };
}

function confirmRestore(
  { project, moment, since, gone }: Moment,
  stopped: readonly string[],
  estimate: readonly string[],
): Promise<void> {
  const names = moment.map(({ volume }) => volume.name);
  const allGone = gone.length === names.length;
  const details = [
    vscode.l10n.t('Volumes: {0}. All of them are restored, or none.', format.list(names)),
    ...(since.length > 0
      ? [vscode.l10n.t('Not in this snapshot, and left as they are: {0}.', format.list(since))]
      : []),
    ...(gone.length > 0
      ? [
          vscode.l10n.t(
            'These are gone, and are made anew with the labels by which Compose takes them as its own: {0}. An undo leaves them empty.',
            format.list(gone),
          ),
        ]
      : []),
    ...(allGone ? [] : whatIsThere(stopped)),
    ...estimate,
  ];
  const taken = format.time(new Date(moment[0]!.time));
  const question = vscode.l10n.t('Restore the project “{0}” to its snapshot of {1}?', project, taken);
  return confirm(question, details, vscode.l10n.t('Restore'));
}

function whatIsThere(stopped: readonly string[]): string[] {
  return [
    stopped.length > 0
      ? vscode.l10n.t('These containers are stopped for it and started again: {0}.', format.list(stopped))
      : vscode.l10n.t('No running container uses the volumes.'),
    vscode.l10n.t('Safety snapshots of what the volumes hold now are taken first, so this can be undone.'),
  ];
}

function takenWords(project: string, entries: readonly SnapshotEntry[], { totalMs }: TimingRecord): string {
  return [howTaken(project, entries, format.duration(totalMs)), ...reservations(entries)].join(' ');
}

function howTaken(project: string, entries: readonly SnapshotEntry[], time: string): string {
  const [volumes, frozenMs] = [format.count(entries.length), entries[0]?.frozenMs ?? 0];
  return frozenMs > 0
    ? vscode.l10n.t(
        'Snapshot of {0} taken in {1}, volumes: {2}, frozen {3}.',
        project,
        time,
        volumes,
        format.duration(frozenMs),
      )
    : vscode.l10n.t('Snapshot of {0} taken in {1}, volumes: {2}.', project, time, volumes);
}
