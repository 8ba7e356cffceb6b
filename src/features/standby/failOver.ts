import * as vscode from 'vscode';
import type { ContainerDetails, FrozenContainer } from '../../core/engine';
import { Failure, isFailure } from '../../core/failure';
import {
  failOver,
  onOther,
  startable,
  stoppedForRestore,
  type FailedOver,
  type Host,
  type Run,
} from '../../core/operations';
import { failedOver, other, primaryOf, standbyOf, type Standby } from '../../core/standby/standby';
import { chosen } from '../../ui/cancellation';
import { confirm } from '../../ui/confirm';
import type { HostLease } from '../../ui/operation';
import { forQuickPick } from '../../ui/plainText';
import { format } from '../../ui/words';
import { lendSide, pairOf, type Standbys } from './standbys';
import { neverSyncedWords } from './update';

/** What is known before a fail-over: what would be stopped, and what can be started. */
interface Outlook {
  /** Names of the primary's containers; undefined when it does not answer. */
  stops: string[] | undefined;
  starts: ContainerDetails[];
}

/** Has the other side take over, once somebody has seen what that means: to the standby, or back. */
export async function failOverTo(standby: Standby, standbys: Standbys): Promise<void> {
  const [primary, copy] = [primaryOf(standby), standbyOf(standby)];
  const { stops, starts } = await look(standby, standbys);
  const start = await choose(starts, standby);
  const isHeard = stops !== undefined;
  const keepsSafety = standby.unheardSince !== undefined;
  const isBack = standby.active === 'there';
  const yes = isBack ? vscode.l10n.t('Fail Back') : vscode.l10n.t('Fail Over');
  const question = vscode.l10n.t(
    'Use “{0}” on {1} from now on, in the place of {2}?',
    copy.volume,
    copy.engine.name,
    primary.engine.name,
  );
  await confirm(question, [...primaryWords(standby, stops), startWords(start, copy.engine.name)], yes);
  await standbys.operations.run({
    kind: 'failOver',
    volume: primary.volume,
    destination: { name: copy.engine.name, type: 'engine' },
    title: vscode.l10n.t('Fail-over of {0} to {1}', primary.volume, copy.engine.name),
    lend: (signal) => lendSide(standbys, standby, other(standby.active), signal),
    work: async (host, run) => {
      const result = await withPrimary(standby, isHeard, standbys, run, (from) =>
        failOver({ ...pairOf(standby, from, host), isHeard, start, keepsSafety }, run),
      );
      await standbys.store.write(nextOf(standby, result, isHeard));
      return result;
    },
    completion: ({ started }, { totalMs, downtimeMs }) => ({
      text: [
        vscode.l10n.t(
          '“{0}” on {1} is in use now, after {2}.',
          copy.volume,
          copy.engine.name,
          format.duration(totalMs),
        ),
        ...(started.length > 0 ? [vscode.l10n.t('Started there: {0}.', format.list(started))] : []),
        ...(isHeard
          ? [vscode.l10n.t('The containers stood still for {0}.', format.duration(downtimeMs))]
          : [vscode.l10n.t('When {0} is back, look that nothing runs on it.', primary.engine.name)]),
      ].join(' '),
    }),
  });
}

function nextOf(standby: Standby, { last, stopped }: FailedOver, isHeard: boolean): Standby {
  return failedOver(standby, {
    ...(last && { last }),
    stopped,
    ...(!isHeard && { unheardSince: new Date().toISOString() }),
  });
}

/** A primary that does not answer is nobody to work with. */
async function withPrimary<T>(
  standby: Standby,
  isHeard: boolean,
  standbys: Standbys,
  run: Run,
  work: (primary: Host) => Promise<T>,
): Promise<T> {
  if (!isHeard) return work({ engine: { name: primaryOf(standby).engine.name } } as Host);
  using lease = await lendSide(standbys, standby, standby.active, run.signal);
  return await work(lease.host);
}

async function look(standby: Standby, standbys: Standbys): Promise<Outlook> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Looking at both engines') },
    async () => {
      const { signal } = new AbortController();
      using copy = await lendSide(standbys, standby, other(standby.active), signal);
      const { host } = copy;
      const starts = await onOther(host, () => startable(host, standbyOf(standby).volume, signal));
      return { stops: await stoppedThere(standby, standbys), starts };
    },
  );
}

/** Not heard is whoever cannot be reached; what else is wrong there has to be seen. */
async function stoppedThere(standby: Standby, standbys: Standbys): Promise<string[] | undefined> {
  const signal = AbortSignal.timeout(20_000);
  let lease: HostLease | undefined;
  try {
    lease = await lendSide(standbys, standby, standby.active, signal);
    const { engine } = lease.host;
    const volume = await engine.inspectVolume(primaryOf(standby).volume, signal);
    return (await stoppedForRestore(engine, [volume], signal)).map(({ name }) => name);
  } catch (error) {
    if (isUnheard(error) || signal.aborted) return undefined;
    throw error;
  } finally {
    lease?.[Symbol.dispose]();
  }
}

function isUnheard(error: unknown): boolean {
  const cause = isFailure(error, 'onOtherEngine') ? error.cause : error;
  return isFailure(cause, 'engineNotFound', 'engineNotAnswering', 'engineLost');
}

/** Those that the last fail-over has stopped come back with the restart policies that they had. */
async function choose(starts: readonly ContainerDetails[], standby: Standby): Promise<FrozenContainer[]> {
  if (starts.length === 0) return [];
  const { stopped } = standby;
  const policyOf = (each: ContainerDetails) =>
    stopped.find(({ id }) => id === each.id)?.restartPolicy ?? each.restartPolicy;
  const items = starts.map((container) => ({
    label: forQuickPick(container.name),
    description: forQuickPick(container.image),
    picked: stopped.length === 0 || stopped.some(({ id }) => id === container.id),
    container,
  }));
  const placeHolder = vscode.l10n.t('Choose the containers to start on {0}', standbyOf(standby).engine.name);
  const picked = chosen(await vscode.window.showQuickPick(items, { placeHolder, canPickMany: true }));
  return picked.map(({ container }) => ({
    id: container.id,
    name: container.name,
    restartPolicy: policyOf(container),
  }));
}

function primaryWords(standby: Standby, stops: readonly string[] | undefined): string[] {
  const { engine } = primaryOf(standby);
  const { last } = standby;
  if (stops === undefined) {
    if (!last) throw new Failure('standbyEmpty', { engine: standbyOf(standby).engine.name });
    const [age, time] = [format.age(new Date(last.time), new Date()), format.time(new Date(last.time))];
    return [
      vscode.l10n.t(
        '{0} does not answer. What was written since {1} ({2}) is missing on the other side.',
        engine.name,
        time,
        age,
      ),
      vscode.l10n.t('Nothing is stopped on it: when it is back and its containers run, you are told.'),
    ];
  }
  return [
    stops.length > 0
      ? vscode.l10n.t('Stopped on {0}, for good: {1}.', engine.name, format.list(stops))
      : vscode.l10n.t('No running container uses the volume on {0}.', engine.name),
    vscode.l10n.t('What was written until then is synced before anything starts on the other side.'),
    ...(standby.unheardSince === undefined ? [] : [neverSyncedWords(standby.unheardSince)]),
  ];
}

function startWords(start: readonly FrozenContainer[], engine: string): string {
  return start.length > 0
    ? vscode.l10n.t('Started on {0}: {1}.', engine, format.list(start.map(({ name }) => name)))
    : vscode.l10n.t('Nothing is started on {0}.', engine);
}
