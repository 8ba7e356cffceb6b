import * as vscode from 'vscode';
import { unusedVolumes, type UnusedVolume } from '../../core/unusedVolumes';
import { chosen } from '../../ui/cancellation';
import { choose } from '../../ui/confirm';
import type { Operations } from '../../ui/operation';
import { forQuickPick } from '../../ui/plainText';
import { format } from '../../ui/words';
import type { EngineConnection } from '../connection/engineConnection';
import { composeProject } from '../volumes/model';
import { keptWords, removeAll } from './remove';

/**
 * Lists the volumes that nothing uses, each with why, and removes the ones that are chosen: exactly these, one by one, and
 * each only if the engine still says that nothing uses it.
 */
export async function prune(connection: EngineConnection, operations: Operations): Promise<void> {
  const { signal } = new AbortController();
  const engine = await connection.engine();
  const [volumes, containers, dangling] = await Promise.all([
    engine.listVolumes(signal),
    engine.listContainers(signal),
    engine.listDangling(signal),
  ]);
  const { unused, unknown } = unusedVolumes({ volumes, containers, dangling });
  const left = unknown.length > 0 ? [leftWords(unknown.map(({ name }) => name))] : [];
  if (unused.length === 0) {
    void vscode.window.showInformationMessage([vscode.l10n.t('There is no unused volume.'), ...left].join(' '));
    return;
  }
  const picked = await pickUnused(unused, left.join(' '));
  if (picked.length === 0) return;
  const names = picked.map(({ volume }) => volume.name);
  const [yes, without] = [vscode.l10n.t('Remove'), vscode.l10n.t('Remove without Snapshot')];
  const question = vscode.l10n.t('Remove {0} unused volumes?', format.count(picked.length));
  const keeps = (await choose(question, [format.list(names), keptWords()], [yes, without])) === yes;
  await removeAll(
    operations,
    picked.map(({ volume }) => ({ volume, purpose: 'prune', keeps })),
  );
}

/** Anonymous ones are chosen beforehand: nobody has named them, and nothing that runs can find them again. */
async function pickUnused(unused: readonly UnusedVolume[], title: string): Promise<readonly UnusedVolume[]> {
  const order = ['anonymous', 'named', 'project'];
  const items = unused
    .toSorted((a, b) => order.indexOf(a.why) - order.indexOf(b.why))
    .map((each) => ({
      label: forQuickPick(each.volume.name),
      description: whyWords(each),
      picked: each.why === 'anonymous',
      each,
    }));
  const placeHolder = vscode.l10n.t('Choose the volumes to remove');
  const options = { canPickMany: true as const, matchOnDescription: true, placeHolder, ...(title && { title }) };
  return chosen(await vscode.window.showQuickPick(items, options)).map(({ each }) => each);
}

function whyWords({ volume, why }: UnusedVolume): string {
  switch (why) {
    case 'anonymous':
      return vscode.l10n.t('no container, and nobody has named it');
    case 'project':
      return vscode.l10n.t('no container; “{0}” takes it again when it comes up', volume.labels[composeProject] ?? '');
    case 'named':
      return vscode.l10n.t('no container');
  }
}

function leftWords(names: readonly string[]): string {
  return vscode.l10n.t('Not offered, for others may use their data: {0}.', format.list(names));
}
