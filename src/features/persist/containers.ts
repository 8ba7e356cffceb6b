import * as vscode from 'vscode';
import type { Container } from '../../core/engine';
import { replacedName } from '../../core/persist/replacedNames';
import type { Operations } from '../../ui/operation';
import { forQuickPick } from '../../ui/plainText';
import { containerStateWords } from '../../ui/words';
import type { EngineConnection } from '../connection/engineConnection';
import { nodeOf, pick, type Targets } from '../volumes/targets';

/** What the commands of this feature work with. */
export interface Persisting {
  targets: Targets;
  connection: EngineConnection;
  operations: Operations;
}

/** The container that a command is for: the one of a row, or one that is chosen. Replaced ones are not asked for. */
export async function containerFor(argument: unknown, { targets, connection }: Persisting): Promise<Container> {
  const node = await nodeOf(argument, targets);
  if (node?.kind === 'container') return node.container;
  const users = node?.kind === 'volume' ? node.users.map(({ container }) => container) : [];
  const all = await allContainers(connection);
  const offered = users.length > 0 ? all.filter(({ id }) => users.some((user) => user.id === id)) : all;
  return pick(
    offered.filter(({ name }) => replacedName(name) === undefined),
    itemOf,
    vscode.l10n.t('Choose the container whose data is to get a volume'),
    vscode.l10n.t('There are no containers on this engine.'),
  );
}

/** A container that another one has taken the place of, and that one. */
export interface Replaced {
  container: Container;
  by: Container;
}

export async function replacedFor(argument: unknown, { targets, connection }: Persisting): Promise<Replaced> {
  const given = idOf(argument) ?? idOf(await nodeOf(argument, targets));
  const all = await allContainers(connection);
  const replaced = all.flatMap((container): Replaced[] => {
    const by = all.find(({ name }) => name === replacedName(container.name));
    return by ? [{ container, by }] : [];
  });
  return (
    replaced.find(({ container }) => container.id === given) ??
    pick(
      replaced,
      ({ container, by }) => ({
        label: forQuickPick(container.name),
        description: vscode.l10n.t('{0} has its place', forQuickPick(by.name)),
      }),
      vscode.l10n.t('Choose a container that was replaced'),
      vscode.l10n.t('No container on this engine was replaced by another one.'),
    )
  );
}

/** Of a row, or as the button of a message passes it. */
function idOf(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  if ('replaced' in argument && typeof argument.replaced === 'string') return argument.replaced;
  return 'container' in argument ? (argument as { container: Container }).container.id : undefined;
}

async function allContainers(connection: EngineConnection): Promise<Container[]> {
  const engine = await connection.engine();
  const containers = await engine.listContainers(new AbortController().signal);
  const isAlive = ({ state }: Container) => state === 'running' || state === 'paused' || state === 'restarting';
  return containers.sort((a, b) => Number(isAlive(b)) - Number(isAlive(a)) || (a.name < b.name ? -1 : 1));
}

function itemOf({ name, image, state }: Container): vscode.QuickPickItem {
  return { label: forQuickPick(name), description: forQuickPick(image), detail: containerStateWords[state] };
}
