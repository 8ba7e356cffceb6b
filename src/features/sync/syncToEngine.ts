import * as vscode from 'vscode';
import type { Changes } from '../../core/changes';
import { type Failure, isFailure } from '../../core/failure';
import {
  onOther,
  previewSyncToEngine,
  restoreSnapshots,
  stoppedForRestore,
  syncToEngine,
  type FarSync,
  type FarSyncRequest,
  type Host,
} from '../../core/operations';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import type { EngineChoice } from '../../engine';
import { choose, confirm } from '../../ui/confirm';
import type { Operations } from '../../ui/operation';
import { settings } from '../../ui/settings';
import { format } from '../../ui/words';
import { chosen } from '../../ui/cancellation';
import { labelOf, type OtherEngines } from '../connection/otherEngines';
import { changesText } from '../snapshots/changesText';
import type { PreviewDocuments } from '../snapshots/previewRestore';
import { reservations } from '../snapshots/reservations';
import { lossesOf, stopWords } from '../snapshots/restore';
import { volumeNameProblem } from '../snapshots/volumeName';
import { volumeFor, type Targets } from '../volumes/targets';
import { confirmAnyway, evenSo, wouldChange } from './halted';
import { pickEngine } from './pickEngine';

/** What the commands of this feature work with that reach another engine. */
export interface FarSyncs {
  targets: Targets;
  operations: Operations;
  others: OtherEngines;
  previews: PreviewDocuments;
}

/** Makes a volume of another engine equal to one of this one, once what that would change there was shown. */
export async function syncToOtherEngine(argument: unknown, syncs: FarSyncs): Promise<void> {
  const { volume } = await volumeFor(argument, syncs.targets);
  const engine = await pickEngine(vscode.l10n.t('Choose the engine that gets a copy of “{0}”', volume.name));
  const target = await askTarget(volume.name, engine);
  await previewAndSync({ source: volume.name, target, level: settings.backupLevel() }, engine, syncs);
}

/** A volume there, by its name; one that is not there is made. */
export async function askTarget(source: string, engine: EngineChoice): Promise<string> {
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Volume on {0}', labelOf(engine)),
    prompt: vscode.l10n.t('Its name there; it is made when there is none.'),
    value: source,
    validateInput: (text) =>
      volumeNameProblem(text, []) ? vscode.l10n.t('This cannot be the name of a volume.') : undefined,
  });
  return chosen(name);
}

async function previewAndSync(request: FarSyncRequest, engine: EngineChoice, syncs: FarSyncs): Promise<void> {
  const { source, target } = request;
  const there = labelOf(engine);
  const preview = await syncs.operations.run({
    kind: 'previewSync',
    volume: source,
    destination: { name: there, type: 'engine' },
    title: vscode.l10n.t('Preview of a sync of {0} to {1} on {2}', source, target, there),
    work: async (host, run) => {
      using other = await syncs.others.lend(engine, run.signal);
      const found = await previewSyncToEngine(host, other.host, request, run);
      return { ...found, stopped: found.changes ? await stoppedThere(other.host, target, run.signal) : [] };
    },
  });
  if (!preview) return;
  const { brought, changes, stopped } = preview;
  const question = vscode.l10n.t('Make “{0}” on {1} equal to “{2}” here?', target, there, source);
  const [yes, show] = [vscode.l10n.t('Sync'), vscode.l10n.t('Show Changes')];
  const details = [...wouldBe(changes, stopped), ...reservations([brought.snapshot])];
  const answer = await choose(question, details, changes ? [yes, show] : [yes]);
  const run = () => runSync({ ...request, brought }, engine, syncs);
  if (answer === yes || !changes) return run();
  const time = format.time(new Date(brought.snapshot.time));
  await syncs.previews.show({
    name: `${source} → ${target} (${there})`,
    id: brought.snapshot.id,
    text: changesText(vscode.l10n.t('Sync of {0} to {1} on {2}, as of {3}', source, target, there, time), changes),
    action: {
      title: vscode.l10n.t('Sync…'),
      run: async () => {
        await confirm(question, wouldBe(changes, stopped), yes);
        await run();
      },
    },
  });
}

function wouldBe(changes: Changes | undefined, stopped: readonly string[]): string[] {
  if (changes) return [wouldChange(changes), ...stopWords(stopped)];
  return [vscode.l10n.t('There is no such volume there yet: it is made.')];
}

function stoppedThere(other: Host, volume: string, signal: AbortSignal): Promise<string[]> {
  return onOther(other, async () => {
    const inspected = await other.engine.inspectVolume(volume, signal);
    return (await stoppedForRestore(other.engine, [inspected], signal)).map(({ name }) => name);
  });
}

async function runSync(request: FarSyncRequest, engine: EngineChoice, syncs: FarSyncs): Promise<void> {
  const { source, target } = request;
  const there = labelOf(engine);
  const again = (more: Partial<FarSyncRequest>) => runSync({ ...request, ...more }, engine, syncs);
  await syncs.operations.run({
    kind: 'sync',
    volume: source,
    destination: { name: there, type: 'engine' },
    title: vscode.l10n.t('Sync of {0} to {1} on {2}', source, target, there),
    work: async (host, run) => {
      using other = await syncs.others.lend(engine, run.signal);
      return syncToEngine(host, other.host, request, run);
    },
    instead: (error) => {
      const more = isFailure(error) ? evenSo(error) : undefined;
      return more && (async () => (await confirmAnyway(error as Failure), await again(more)));
    },
    completion: (result, { totalMs }) => ({
      text: [
        vscode.l10n.t('{0} on {1} is equal to {2}, in {3}.', target, there, source, format.duration(totalMs)),
        ...reservations([result.snapshot]),
      ].join(' '),
      losses: [...result.snapshot.losses, ...lossesOf(result.restored?.volumes ?? [])],
      ...undoOf(result, engine, syncs),
    }),
  });
}

/** The volume there as it was; one that was made for it had been nothing. */
function undoOf({ restored }: FarSync, engine: EngineChoice, syncs: FarSyncs) {
  const [first] = restored?.volumes ?? [];
  if (!first) return {};
  return { action: { title: vscode.l10n.t('Undo'), run: () => undo(first.safety, engine, syncs) } };
}

async function undo(safety: SnapshotEntry, engine: EngineChoice, { operations, others }: FarSyncs): Promise<void> {
  const { name } = safety.volume;
  const there = labelOf(engine);
  await operations.run({
    kind: 'restore',
    volume: name,
    destination: { name: there, type: 'engine' },
    title: vscode.l10n.t('Undo of the sync to {0} on {1}', name, there),
    work: async (_, run) => {
      using other = await others.lend(engine, run.signal);
      const request = { snapshot: safety, volume: name, anyVersion: true };
      return onOther(other.host, () => restoreSnapshots(other.host, [request], run));
    },
    completion: (_, { totalMs }) => ({
      text: vscode.l10n.t('{0} on {1} is what it was before, in {2}.', name, there, format.duration(totalMs)),
    }),
  });
}
