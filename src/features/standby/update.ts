import * as vscode from 'vscode';
import { Failure } from '../../core/failure';
import { refuseUsed, updateStandby } from '../../core/operations';
import { primaryOf, standbyOf, type Standby } from '../../core/standby/standby';
import { confirm } from '../../ui/confirm';
import type { Operation } from '../../ui/operation';
import { format } from '../../ui/words';
import { withPair, type Standbys } from './standbys';

/** Makes a standby equal to its primary, and writes down that it is. */
export function updateOf(standby: Standby, standbys: Standbys, { isConfirmed = false } = {}): Operation<Standby> {
  const [primary, copy] = [primaryOf(standby), standbyOf(standby)];
  return {
    kind: 'sync',
    volume: primary.volume,
    destination: { name: copy.engine.name, type: 'engine' },
    title: vscode.l10n.t('Update of the standby of {0} on {1}', primary.volume, copy.engine.name),
    work: (_, run) =>
      withPair(standbys, standby, run.signal, async (pair) => {
        await refuseUsed(pair, run);
        const { unheardSince: since, ...pairing } = standby;
        if (since !== undefined && !isConfirmed)
          throw new Failure('primaryIsBack', { volume: copy.volume, engine: copy.engine.name, since });
        const last = await updateStandby({ ...pair, keepsSafety: since !== undefined }, run);
        // It may have been removed meanwhile.
        const now = await standbys.store.read(standby.id);
        const updated = { ...pairing, last };
        if (now?.active === standby.active) await standbys.store.write(updated);
        return updated;
      }),
    completion: (_, { totalMs }) => ({
      text: vscode.l10n.t(
        'The standby of {0} on {1} is up to date, in {2}.',
        primary.volume,
        copy.engine.name,
        format.duration(totalMs),
      ),
    }),
  };
}

/** The same for whoever asks for it, and is asked where that would write over what was never synced. */
export async function updateNow(standby: Standby, standbys: Standbys): Promise<void> {
  const { unheardSince } = standby;
  const copy = standbyOf(standby);
  if (unheardSince !== undefined) {
    await confirm(
      vscode.l10n.t('Make “{0}” on {1} the standby?', copy.volume, copy.engine.name),
      [neverSyncedWords(unheardSince)],
      vscode.l10n.t('Update Standby'),
    );
  }
  await standbys.operations.run(updateOf(standby, standbys, { isConfirmed: true }));
}

export function neverSyncedWords(since: string): string {
  const time = format.time(new Date(since));
  return vscode.l10n.t(
    'It did not answer when the other side took over ({0}). What it holds that was never synced is replaced, and kept in a safety snapshot there.',
    time,
  );
}
