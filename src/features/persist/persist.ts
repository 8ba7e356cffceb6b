import * as vscode from 'vscode';
import { displayName } from '../../core/bytes';
import type { ContainerChange, ContainerDetails, VolumeEngine } from '../../core/engine';
import { hasHiddenOptions, hasOwnPlace, specOfClone, type NewVolumeSpec } from '../../core/newVolumeSpec';
import { persist as persistFolder, type Persisted } from '../../core/operations';
import { refuseShared, replaceable, runs } from '../../core/operations/replaceable';
import { changesOutside } from '../../core/persist/changedFolders';
import { serviceOf, specForCompose, type ComposeService } from '../../core/persist/composeService';
import { sourceOf, type PersistSource } from '../../core/persist/persistPath';
import type { TimingRecord } from '../../core/timings/record';
import { confirm } from '../../ui/confirm';
import { format } from '../../ui/words';
import { askName } from '../volumes/askName';
import { askFolder } from './askFolder';
import { applyEdit, findEdit, type ComposeDiffs, type ComposeEdit } from './compose';
import { containerFor, type Persisting } from './containers';
import { removeReplaced } from './removeReplaced';
import { undoPersist } from './undoPersist';

/** Moves a folder of a container into a new volume, and puts that in use, once the user knows what that does. */
export async function persist(argument: unknown, persisting: Persisting, diffs: ComposeDiffs): Promise<void> {
  const { targets, connection, operations } = persisting;
  const { id } = await containerFor(argument, persisting);
  const engine = await connection.engine();
  const { signal } = new AbortController();
  // Nobody is asked in vain.
  const container = await replaceable(engine, id, signal);
  const changes = await engine.containerChanges(id, signal);
  const path = await askFolder(engine, container, changes);
  const source = sourceOf(container, path);
  await refuseShared(engine, container, source, signal);
  const title = vscode.l10n.t('Persist {0} of {1}', path, container.name);
  const compose = serviceOf(container);
  const suggested = compose
    ? `${compose.project}_${suggestion(compose.service, path)}`
    : suggestion(container.name, path);
  const name = await askName({ title, name: suggested }, targets);
  const plain = await specFor(engine, source, name, signal);
  const edit = compose && (await findEdit(compose, name, path));
  const spec = compose && edit ? specForCompose(compose, plain) : plain;
  if (edit) await diffs.show(edit);
  await confirm(
    vscode.l10n.t('Move “{0}” of container “{1}” to the new volume “{2}”?', displayName(path), container.name, name),
    [...detailsOf(container, { path, source, changes }), ...composeWords(compose, edit), keptWords()],
    edit ? vscode.l10n.t('Persist and Edit File') : vscode.l10n.t('Persist'),
  );
  const persisted = await operations.run({
    kind: 'persist',
    volume: name,
    title,
    work: (host, run) => persistFolder(host, { container: id, path, spec }, run),
    completion: (done, record) => ({
      text: persistedWords(path, done, record),
      losses: done.snapshot.losses,
      action: {
        title: vscode.l10n.t('Undo'),
        run: () => undoPersist({ replaced: done.replaced.id }, persisting),
      },
      alsoAction: {
        title: vscode.l10n.t('Remove Old Container…'),
        run: () => removeReplaced({ replaced: done.replaced.id }, persisting),
      },
    }),
  });
  // Not before: a file with a volume that is not there yet would have Compose make an empty one.
  if (persisted && edit) await editFile(edit);
}

/** `/var/lib/postgresql/data` of `db` → `db-data` */
function suggestion(container: string, path: string): string {
  const last = path.slice(path.lastIndexOf('/') + 1).replace(/[^a-zA-Z0-9_.-]+/g, '-');
  return `${container}-${last}`;
}

/** An anonymous volume's driver is kept, where its options do not say where its data lies. */
async function specFor(
  engine: VolumeEngine,
  source: PersistSource,
  name: string,
  signal: AbortSignal,
): Promise<NewVolumeSpec> {
  if (source.from !== 'volume') return { name, driver: 'local', labels: {}, options: {} };
  const volume = await engine.inspectVolume(source.volume, signal);
  return hasOwnPlace(volume) || hasHiddenOptions(volume)
    ? { name, driver: 'local', labels: {}, options: {} }
    : specOfClone(volume, name);
}

interface What {
  path: string;
  source: PersistSource;
  changes: readonly ContainerChange[];
}

function detailsOf(container: ContainerDetails, { path, source, changes }: What): string[] {
  const outside = changesOutside(changes, path);
  const most = outside.slice(0, 6).map((each) => `${displayName(each.path)} (${format.count(each.changes)})`);
  return [
    runs(container)
      ? vscode.l10n.t(
          'The container is stopped for it, and one with the same settings takes its place, which has the volume at this folder.',
        )
      : vscode.l10n.t(
          'A container with the same settings takes the place of this one, which has the volume at this folder. It is not started.',
        ),
    ...(source.from === 'layer'
      ? [
          vscode.l10n.t(
            'Engines hand out the files of a container with owners, modes, links and times to the second. Extended attributes, but for capabilities, and ACLs are not kept.',
          ),
        ]
      : []),
    ...(source.from === 'bind'
      ? [
          vscode.l10n.t(
            'The folder {0} on the engine’s machine stays as it is, and is not used any more.',
            source.folder,
          ),
        ]
      : []),
    ...(outside.length > 0
      ? [
          vscode.l10n.t(
            'What else has changed in the container stays behind in the old one: {0}.',
            outside.length > most.length ? `${format.list(most)}, …` : format.list(most),
          ),
        ]
      : []),
  ];
}

function keptWords(): string {
  return vscode.l10n.t(
    'The old container is kept as it is, stopped and under another name, until you remove it. “Undo Persist…” gives it its place back.',
  );
}

function composeWords(compose: ComposeService | undefined, edit: ComposeEdit | undefined): string[] {
  if (!compose) return [];
  return [
    edit
      ? vscode.l10n.t(
          'The file of the Compose project “{0}” gets the volume as the comparison shows. The next “docker compose up” makes the container anew with it, and removes the old one.',
          compose.project,
        )
      : vscode.l10n.t(
          'The container is one of the Compose project “{0}”, whose file is not here, or cannot be edited. It has to get the volume, too: else Compose makes a container without it the next time that it has to make one.',
          compose.project,
        ),
  ];
}

async function editFile(edit: ComposeEdit): Promise<void> {
  const file = vscode.workspace.asRelativePath(edit.uri);
  if (await applyEdit(edit)) return;
  void vscode.window.showWarningMessage(
    vscode.l10n.t(
      '{0} was changed meanwhile, or cannot be written, and was left as it is. Add the volume to it before the next “docker compose up”.',
      file,
    ),
  );
}

function persistedWords(
  path: string,
  { volume, container, replaced }: Persisted,
  { totalMs, downtimeMs, bytesMoved }: TimingRecord,
): string {
  return [
    vscode.l10n.t(
      '{0} of {1} is on the volume {2} now: {3} moved in {4}.',
      displayName(path),
      container.name,
      volume.name,
      format.bytes(bytesMoved),
      format.duration(totalMs),
    ),
    ...(downtimeMs > 0 ? [vscode.l10n.t('The container stood still for {0}.', format.duration(downtimeMs))] : []),
    vscode.l10n.t('The old one is kept as {0}.', replaced.name),
  ].join(' ');
}
