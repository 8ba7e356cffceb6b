import * as vscode from 'vscode';
import { standbyOf, primaryOf, type Standby } from '../../core/standby/standby';
import { StandbyStore } from '../../core/standby/standbyStore';
import type { CommandRegistry } from '../../ui/commands';
import { confirm } from '../../ui/confirm';
import { forQuickPick } from '../../ui/plainText';
import { format } from '../../ui/words';
import { standbyWords } from '../volumes/standbyWords';
import { nodeOf, pick, volumeAround } from '../volumes/targets';
import { failOverTo } from './failOver';
import { Keeper } from './keeper';
import { setUpStandby } from './setUp';
import type { Standbys } from './standbys';
import { updateNow } from './update';

/** A copy of a volume on another engine, kept up to date, which can take over. Returns whoever keeps them. */
export function registerStandby(
  context: vscode.ExtensionContext,
  commands: CommandRegistry,
  log: vscode.LogOutputChannel,
  parts: Omit<Standbys, 'store'>,
): Keeper {
  const store = new StandbyStore(vscode.Uri.joinPath(context.globalStorageUri, 'standbys').fsPath);
  const standbys: Standbys = { ...parts, store };
  const keeper = new Keeper(standbys, log);
  const { connection, targets, operations } = parts;
  const show = async (): Promise<void> => {
    const { state } = connection;
    const id = state.kind === 'connected' ? state.engine.id : undefined;
    targets.showStandbys((await store.readAll()).filter(({ here }) => here.engine.id === id));
  };
  context.subscriptions.push(
    keeper,
    store.watch(() => void show()),
    operations.onDidEnd(() => void show()),
    connection.onDidChange(({ kind }) => {
      void show();
      // Who comes back may find both sides in use.
      if (kind === 'connected') void keeper.look();
    }),
  );
  const one = async (argument: unknown, isWanted: (standby: Standby) => boolean = () => true): Promise<Standby> => {
    const all = (await store.readAll()).filter(isWanted);
    const node = await nodeOf(argument, targets);
    const volume = node && volumeAround(node, targets)?.volume.name;
    const found = volume === undefined ? undefined : all.find(({ here }) => here.volume === volume);
    return found ?? (await pickStandby(all));
  };
  commands.register('setUpStandby', (node) => setUpStandby(node, standbys));
  commands.register('updateStandby', async (node) => updateNow(await one(node), standbys));
  commands.register('failOver', async (node) =>
    failOverTo(await one(node, ({ active }) => active === 'here'), standbys),
  );
  commands.register('failBack', async (node) =>
    failOverTo(await one(node, ({ active }) => active === 'there'), standbys),
  );
  commands.register('removeStandby', async (node) => remove(await one(node), store, show));
  void show();
  return keeper;
}

function pickStandby(all: readonly Standby[]): Promise<Standby> {
  return pick(
    all,
    (standby) => ({
      label: forQuickPick(standby.here.volume),
      description: forQuickPick(standbyWords(standby, (time) => format.age(time, new Date()))),
    }),
    vscode.l10n.t('Choose a volume with a standby'),
    vscode.l10n.t('There is no such standby. “Set Up Standby…” pairs a volume with a copy on another engine.'),
  );
}

async function remove(standby: Standby, store: StandbyStore, show: () => Promise<void>): Promise<void> {
  const [primary, copy] = [primaryOf(standby), standbyOf(standby)];
  await confirm(
    vscode.l10n.t('Remove the standby of “{0}”?', primary.volume),
    [vscode.l10n.t('The two are no pair any more. Both volumes stay as they are, on {0} too.', copy.engine.name)],
    vscode.l10n.t('Remove'),
  );
  await store.remove(standby.id);
  await show();
}
