import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { refuseSameEngine } from '../../core/operations';
import type { Standby } from '../../core/standby/standby';
import { confirm } from '../../ui/confirm';
import { settings } from '../../ui/settings';
import { labelOf } from '../connection/otherEngines';
import { pickEngine } from '../sync/pickEngine';
import { askTarget } from '../sync/syncToEngine';
import { volumeFor } from '../volumes/targets';
import type { Standbys } from './standbys';
import { updateOf } from './update';

/** Pairs a volume with a copy on another engine, and brings all of it there. */
export async function setUpStandby(argument: unknown, standbys: Standbys): Promise<void> {
  const { volume } = await volumeFor(argument, standbys.targets);
  const reached = await pickEngine(
    vscode.l10n.t('Choose the engine that is to have the standby of “{0}”', volume.name),
  );
  const target = await askTarget(volume.name, reached);
  const there = labelOf(reached);
  const minutes = settings.standbyEveryMinutes();
  await confirm(
    vscode.l10n.t('Make “{0}” on {1} the standby of “{2}”?', target, there, volume.name),
    [
      vscode.l10n.t('It is made equal to “{0}” now. What it holds there is kept in a snapshot.', volume.name),
      minutes > 0
        ? vscode.l10n.t('While VS Code is open, it is updated every {0} minutes.', minutes)
        : vscode.l10n.t(
            'It is updated when you say so; the setting {0} has it done by itself.',
            'standby.everyMinutes',
          ),
    ],
    vscode.l10n.t('Set Up Standby'),
  );
  const standby = await pairUp({ volume: volume.name, target, reached }, standbys);
  const updated = await standbys.operations.run(updateOf(standby, standbys));
  if (updated) await standbys.store.write(updated);
}

async function pairUp(
  { volume, target, reached }: { volume: string; target: string; reached: Standby['there']['reached'] },
  standbys: Standbys,
): Promise<Standby> {
  const { signal } = new AbortController();
  using near = await standbys.lendHere(signal);
  using far = await standbys.others.lend(reached, signal);
  refuseSameEngine(near.host.engine, far.host.engine);
  const { id, name } = near.host.engine;
  const engine = { id: far.host.engine.id, name: labelOf(reached) };
  return {
    format: 1,
    id: randomUUID(),
    here: { engine: { id, name }, volume },
    there: { engine, volume: target, reached },
    active: 'here',
    stopped: [],
  };
}
