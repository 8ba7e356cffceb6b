import * as vscode from 'vscode';
import { addressOf, type DestinationConfig } from '../../core/backup/destinationConfig';
import { backUpNext, type Backup } from '../../core/operations';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import { chosen } from '../../ui/cancellation';
import { excludedWords } from './excludedWords';
import type { Operations } from '../../ui/operation';
import { forQuickPick } from '../../ui/plainText';
import { settings } from '../../ui/settings';
import { format } from '../../ui/words';
import { takeProjectSnapshot } from '../snapshots/project';
import { subjectsOf, type Subject } from '../snapshots/subjects';
import type { Node } from '../volumes/model';
import { isProject, nodeOf, volumeFor, type Targets } from '../volumes/targets';
import type { Destinations } from './destinations';
import { clearLeftovers } from './leftovers';
import { tidyAfterBackup } from './tidy';
import type { BackupsTree } from './tree';

/** What the commands of backups work with. */
export interface Backups {
  targets: Targets;
  operations: Operations;
  destinations: Destinations;
  tree: BackupsTree;
  /** Who makes them: name and version. */
  tool: string;
  log: vscode.LogOutputChannel;
}

/**
 * Backs up what the command was started on to a destination that is asked for: a snapshot, or volumes and Compose projects as
 * they are now. Several are done one after the other, and the first that fails ends it.
 */
export async function backUp(argument: unknown, selected: unknown, backups: Backups): Promise<void> {
  const { targets } = backups;
  const node = await nodeOf(argument, targets);
  const snapshots = node?.kind === 'snapshot' ? snapshotsAmong(node, selected) : undefined;
  const subjects = snapshots ? [] : await askSubjects(node, selected, targets);
  const config = await askDestination(backups);
  if (config === undefined) return;
  for (const snapshot of snapshots ?? []) if (!(await backUpOne({ snapshot }, config, backups))) return;
  for (const subject of subjects) if (!(await backUpSubject(subject, config, backups))) return;
}

async function askSubjects(node: Node | undefined, selected: unknown, targets: Targets): Promise<Subject[]> {
  const subjects = node ? subjectsOf(node, selected) : [];
  return subjects.length > 0 ? subjects : [await volumeFor(node, targets)];
}

function snapshotsAmong(node: Node, selected: unknown): SnapshotEntry[] {
  const selection = Array.isArray(selected) ? (selected as Node[]) : [];
  const rows = selection.some(({ id }) => id === node.id) ? selection : [node];
  return rows.flatMap((row) => (row.kind === 'snapshot' ? [row.entry] : []));
}

/** Undefined when another command has taken over: a file, or a destination to be added first. */
async function askDestination({ destinations }: Backups): Promise<DestinationConfig | undefined> {
  const items = [
    ...destinations.list().map((config) => ({
      label: forQuickPick(config.name),
      description: forQuickPick(addressOf(config)),
      config,
    })),
    { label: vscode.l10n.t('$(add) Add a destination…'), config: undefined },
  ];
  const placeHolder = vscode.l10n.t('Back up to');
  const { config } = chosen(await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true }));
  if (config) return config;
  const before = new Set(destinations.list().map(({ name }) => name));
  await vscode.commands.executeCommand('dockerVolumes.addDestination');
  return destinations.list().find(({ name }) => !before.has(name));
}

/** A project is backed up as of one moment: a snapshot of all of it first. Whether it was done. */
async function backUpSubject(subject: Subject, config: DestinationConfig, backups: Backups): Promise<boolean> {
  if (!isProject(subject)) return backUpOne({ volume: subject.volume.name }, config, backups);
  for (const snapshot of (await takeProjectSnapshot(backups.operations, subject)) ?? []) {
    if (!(await backUpOne({ snapshot }, config, backups))) return false;
  }
  return true;
}

type One = { snapshot: SnapshotEntry; volume?: never } | { volume: string; snapshot?: never };

async function backUpOne(one: One, config: DestinationConfig, backups: Backups): Promise<boolean> {
  const { operations, destinations, tree, tool, log } = backups;
  const volume = one.volume ?? one.snapshot.volume.name;
  const destination = await destinations.open(config);
  const fullEvery = settings.backupFullEvery();
  const request = {
    destination,
    level: config.level ?? settings.backupLevel(),
    exclude: config.exclude ?? settings.backupExclude(),
    tool,
    fullEvery,
    isEncrypted: config.encryption !== undefined,
    readable: await destinations.openAsNow(config),
  };
  const done = await operations.run<Backup>({
    kind: 'backup',
    volume,
    title: vscode.l10n.t('Backup of {0} to {1}', volume, config.name),
    destination: { name: config.name, type: config.type },
    work: (host, run) =>
      backUpNext(host, { ...request, ...(one.snapshot ? one : { volume, note: vscode.l10n.t('for a backup') }) }, run),
    completion: ({ snapshot, bytes, isPartial, excluded }, { totalMs }) => ({
      text: [
        vscode.l10n.t(
          '{0} backed up to {1} ({2}) in {3}.',
          volume,
          config.name,
          isPartial ? vscode.l10n.t('what has changed: {0}', format.bytes(bytes)) : format.bytes(bytes),
          format.duration(totalMs),
        ),
        ...excludedWords(excluded),
      ].join(' '),
      // Of a snapshot that was there, they were said when it was taken.
      losses: one.snapshot ? [] : snapshot.losses,
    }),
  });
  tree.refresh(config.name);
  if (done) {
    clearLeftovers(destination, log);
    void tidyAfterBackup(config, volume, backups);
  }
  return done !== undefined;
}
