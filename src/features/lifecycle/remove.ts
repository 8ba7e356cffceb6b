import * as vscode from 'vscode';
import { Failure, isFailure } from '../../core/failure';
import { hasHiddenOptions, hasOwnPlace } from '../../core/newVolumeSpec';
import { removeVolume, type RemoveRequest } from '../../core/operations';
import { mountedBy } from '../../core/operations/removeVolume';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import type { Completion } from '../../ui/completion';
import { choose, confirm } from '../../ui/confirm';
import { messageOf } from '../../ui/failureMessages';
import type { Operations } from '../../ui/operation';
import { settings } from '../../ui/settings';
import { format } from '../../ui/words';
import type { VolumeNode } from '../volumes/model';
import type { Targets } from '../volumes/targets';
import { trashedUntil } from '../volumes/trash';
import { bringBackAll } from './bringBack';
import { volumesFor } from './selected';

/** Removes a volume, or all selected ones, after a question, and after a snapshot of each unless the user says not. */
export async function remove(
  argument: unknown,
  selected: unknown,
  targets: Targets,
  operations: Operations,
): Promise<void> {
  const nodes = await volumesFor(argument, selected, targets);
  const names = nodes.map(({ volume }) => volume.name);
  // Nobody is asked in vain; what the tree does not know yet, the engine refuses.
  nodes.forEach(refuseUsed);
  const question =
    nodes.length === 1
      ? vscode.l10n.t('Remove the volume “{0}”?', names[0]!)
      : vscode.l10n.t('Remove {0} volumes?', format.count(nodes.length));
  const details = [
    ...(nodes.length > 1 ? [format.list(names)] : []),
    ...nodes.filter(({ volume }) => hasOwnPlace(volume)).map(placeWords),
    keptWords(),
    ...nodes.filter(({ volume }) => hasHiddenOptions(volume)).map(secretWords),
  ];
  const [yes, without] = [vscode.l10n.t('Remove'), vscode.l10n.t('Remove without Snapshot')];
  const keeps = (await choose(question, details, [yes, without])) === yes;
  await removeAll(
    operations,
    nodes.map(({ volume }) => ({ volume, purpose: 'remove', keeps })),
  );
}

/** How volumes that are removed can be brought back, for the question before. */
export function keptWords(): string {
  return vscode.l10n.t(
    'A snapshot is taken first. Until {0} days from now the volume can be brought back with its labels, driver and options.',
    format.count(settings.retention().trashDays),
  );
}

/** Ends with the first one that fails or is cancelled; offers to bring back all that were removed. */
export async function removeAll(operations: Operations, requests: readonly RemoveRequest[]): Promise<void> {
  const removed: { name: string; snapshot: SnapshotEntry | undefined }[] = [];
  for (const request of requests) {
    const done = await removeOne(operations, request);
    if (!done) break;
    removed.push({ name: request.volume.name, ...done });
  }
  if (removed.length > 0) operations.tell(removedWords(operations, removed));
}

function removedWords(
  operations: Operations,
  removed: readonly { name: string; snapshot: SnapshotEntry | undefined }[],
): Completion {
  const snapshots = removed.flatMap(({ snapshot }) => (snapshot && !hasHiddenOptions(snapshot.volume) ? snapshot : []));
  const [first] = removed;
  const done =
    removed.length === 1
      ? vscode.l10n.t('{0} removed.', first!.name)
      : vscode.l10n.t('Volumes removed: {0}.', format.count(removed.length));
  const until = trashedUntil(snapshots[0]);
  if (!until) return { text: done };
  const title = vscode.l10n.t('Bring Back');
  return {
    text: `${done} ${vscode.l10n.t('Can be brought back until {0}.', format.time(until))}`,
    losses: snapshots.flatMap(({ losses }) => losses),
    action: { title, run: () => bringBackAll(operations, snapshots) },
  };
}

/** Undefined when it was not done, which has been said then. */
async function removeOne(
  operations: Operations,
  request: RemoveRequest,
): Promise<{ snapshot: SnapshotEntry | undefined } | undefined> {
  const { name } = request.volume;
  let done: { snapshot: SnapshotEntry | undefined } | undefined;
  done =
    (await operations.run({
      kind: 'remove',
      volume: name,
      title: vscode.l10n.t('Removal of {0}', name),
      work: async (host, run) => ({ snapshot: await removeVolume(host, request, run) }),
      instead: (error) =>
        isFailure(error, 'volumeNotMountable', 'storeFull', 'snapshotNotWhole')
          ? async () => {
              await confirm(...evenSoWords(name, error));
              const isPartial = isFailure(error, 'snapshotNotWhole');
              done = await removeOne(operations, { ...request, ...(isPartial ? { evenSo: true } : { keeps: false }) });
            }
          : undefined,
    })) ?? done;
  return done;
}

function evenSoWords(name: string, error: Failure): [question: string, details: string[], yes: string] {
  const why = messageOf(error).text;
  if (isFailure(error, 'snapshotNotWhole')) {
    const question = vscode.l10n.t('Not all of “{0}” could be brought back. Remove it all the same?', name);
    return [question, [why], vscode.l10n.t('Remove')];
  }
  const question = vscode.l10n.t('No snapshot of “{0}” could be taken. Remove it all the same?', name);
  return [question, [why, vscode.l10n.t('It could not be brought back.')], vscode.l10n.t('Remove without Snapshot')];
}

/** By any container that the tree knows, stopped ones too. */
export function refuseUsed({ volume, users }: VolumeNode): void {
  const containers = mountedBy(
    users.map(({ container }) => container),
    volume.name,
  ).map(({ name }) => name);
  if (containers.length > 0) throw new Failure('volumeInUse', { volume: volume.name, containers });
}

function secretWords({ volume: { name } }: VolumeNode): string {
  return vscode.l10n.t(
    'The options of “{0}” hold a password, which is kept nowhere: create it again yourself, and restore its snapshot to it.',
    name,
  );
}

function placeWords({ volume: { name, options } }: VolumeNode): string {
  return vscode.l10n.t(
    'The files of “{0}” stay where they are: {1}.',
    name,
    options['device'] || options['type'] || '',
  );
}
