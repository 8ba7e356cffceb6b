import type { AgentSession } from '../agentClient/session';
import type { Progress, ResumeResult, SwitchDirection, SwitchResult } from '../agentProtocol';
import { Failure, isFailure } from '../failure';
import type { SnapshotRequest, VolumeSpec } from '../snapshotEntry';
import type { OperationKind } from '../timings/record';
import { ask } from './ask';
import { sayGoodbye } from './goodbye';
import { inParallel, withSignal } from './inParallel';
import type { Host, Run } from './run';

/** A volume whose switch is prepared: its `pending.json` is written, and nothing of it is touched. */
export interface Prepared {
  target: VolumeSpec;
  helper: AgentSession;
}

interface WithSafety extends Prepared {
  /** Id of the safety snapshot. */
  safety: string;
}

/** Nothing may interrupt a switch: a half-switched volume is worse than a slow end. */
const never = new AbortController().signal;

/**
 * Lets the agents switch prepared volumes, all or none; `group` names them when there are several. An agent that is lost
 * is replaced by a new one, which goes on. When a switch fails, every volume is made what it was before anything may use
 * it. Rejects with restoreIncomplete when that was not possible; then, and only then, a switch is still pending.
 */
export async function switchVolumes(
  host: Host,
  prepared: readonly WithSafety[],
  group: string | undefined,
  run: Run,
): Promise<{ switched: SwitchResult[]; lost: ReadonlySet<AgentSession> }> {
  const lost = new Set<AgentSession>();
  let switched: SwitchResult[];
  try {
    if (group !== undefined) await decide(prepared, group, 'forward');
    switched = await inParallel(prepared, withSignal(run, never), (volume, part) =>
      switchOne(host, volume, lost, part),
    );
  } catch (error) {
    await orIncomplete(prepared, async () => {
      if (group !== undefined) await decideBack(host, prepared, group);
      await Promise.all(prepared.map((volume) => turnBack(host, volume, lost)));
    });
    throw turnedBack(error);
  }
  // Not part of the above: of what is released, there is no way back any more.
  if (group !== undefined) {
    await orIncomplete(prepared, () => releaseAll(host, prepared, lost));
  }
  return { switched, lost };
}

/**
 * Agents that were lost while they prepared a switch may have written that it is to be finished: nothing may use their
 * volumes before that is taken back. Rejects with restoreIncomplete when that was not possible.
 */
export async function takeBack(host: Host, prepared: readonly Prepared[]): Promise<void> {
  const lost = new Set(prepared.map(({ helper }) => helper));
  await orIncomplete(prepared, () => Promise.all(prepared.map((volume) => turnBack(host, volume, lost))));
}

async function orIncomplete(prepared: readonly Prepared[], work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const volume = prepared.map(({ target }) => target.name).join(', ');
    throw new Failure('restoreIncomplete', { volume }, { cause });
  }
}

/** What an agent says of a volume that it left half-way holds no more. */
function turnedBack(error: unknown): unknown {
  if (!isFailure(error, 'restoreIncomplete')) return error;
  const { details, step } = error;
  const told = new Failure('restoreTurnedBack', details, { cause: error });
  return step ? Object.assign(told, { step }) : told;
}

/** Nobody knows what it has done last, or whether it is done yet. */
export function isLost(error: unknown): boolean {
  return isFailure(error, 'agentLost', 'engineLost');
}

async function switchOne(host: Host, { helper, target, safety }: WithSafety, lost: Set<AgentSession>, run: Run) {
  try {
    return await ask(helper, 'restore.switch', {}, run, { signal: never });
  } catch (error) {
    if (!isLost(error)) throw error;
    lost.add(helper);
    await helper[Symbol.asyncDispose]();
    const switched = await resumeSwitch(host, target, 'restore', { safety });
    if (!switched) throw error;
    return switched;
  }
}

/** By whichever agent answers: they all work in one store. */
async function decide(prepared: readonly Prepared[], group: string, direction: SwitchDirection): Promise<void> {
  const errors: unknown[] = [];
  for (const { helper } of prepared) {
    try {
      await helper.request('restore.decide', { group, direction }, { signal: never });
      return;
    } catch (error) {
      errors.push(error);
    }
  }
  throw errors[0];
}

/** By a new agent when none of them answers any more: what none has switched is no more than taken back. */
async function decideBack(host: Host, prepared: readonly Prepared[], group: string): Promise<void> {
  try {
    await decide(prepared, group, 'back');
  } catch (error) {
    const [first] = prepared;
    if (!first || !isLost(error)) throw error;
    await first.helper[Symbol.asyncDispose]();
    const request = { operation: 'restore', lock: first.target.name, store: true } as const;
    await using helper = await host.engine.openHelper(request, never);
    await helper.request('restore.decide', { group, direction: 'back' }, { signal: never });
    await sayGoodbye(helper);
  }
}

/** What lost agents were to release, new ones do when all others are released: they see by themselves that all are done. */
async function releaseAll(host: Host, prepared: readonly Prepared[], lost: Set<AgentSession>): Promise<void> {
  const release = async ({ helper }: Prepared): Promise<void> => {
    try {
      await helper.request('restore.release', {}, { signal: never });
    } catch (error) {
      if (!isLost(error)) throw error;
      lost.add(helper);
      await helper[Symbol.asyncDispose]();
    }
  };
  await Promise.all(prepared.filter(({ helper }) => !lost.has(helper)).map(release));
  for (const { helper, target } of prepared) if (lost.has(helper)) await resumeSwitch(host, target, 'restore');
}

async function turnBack(host: Host, { helper, target }: Prepared, lost: Set<AgentSession>): Promise<void> {
  if (!lost.has(helper)) {
    try {
      await resumeWith(helper, target, { direction: 'back' });
      return;
    } catch (error) {
      if (!isLost(error)) throw error;
      lost.add(helper);
    }
  }
  await helper[Symbol.asyncDispose]();
  await resumeSwitch(host, target, 'restore', { direction: 'back' });
}

interface Resumption {
  direction?: 'decided' | 'back';
  /** That of a restore which may be finished already. */
  safety?: string;
  /** Asks for a snapshot of what is there before. */
  keep?: SnapshotRequest | undefined;
  /** One that cannot go forward goes back. */
  orBack?: boolean;
}

/** Finishes a pending switch with a helper of its own; null when none was pending after all, or it was never decided. */
export async function resumeSwitch(
  { engine, seen }: Pick<Host, 'engine'> & { seen?: Pick<Run, 'progress' | 'count'> },
  target: VolumeSpec,
  operation: OperationKind,
  { direction = 'decided', safety, keep, orBack }: Resumption = {},
): Promise<ResumeResult | null> {
  await using helper = await engine.openHelper(
    { operation, lock: target.name, volume: { spec: target, readOnly: false }, store: true },
    never,
  );
  if (keep) {
    const onProgress = (progress: Progress) => seen?.progress({ ...progress, part: 'safety' });
    await helper.request('restore.keep', { target, request: keep }, { signal: never, onProgress });
  }
  const onProgress = (progress: Progress) => seen?.progress(progress);
  const resumed = await resumeWith(helper, target, { direction, safety, orBack, onProgress });
  await sayGoodbye(helper);
  if (resumed && seen) countSwitch(seen, resumed);
  return resumed;
}

/**
 * The agent of a volume that is switched was lost before it heard that we know. What it has left for whoever would tell it
 * in our stead is withdrawn, as far as that is possible now.
 */
export async function withdrawFinished({ engine }: Host, { target, helper: lost }: Prepared): Promise<void> {
  const volume = target.name;
  try {
    await lost[Symbol.asyncDispose]();
    await using helper = await engine.openHelper({ operation: 'restore', lock: volume, store: true }, never);
    await helper.request('store.clean', { volume }, { signal: never });
    await sayGoodbye(helper);
  } catch (error) {
    if (!isFailure(error)) throw error;
  }
}

/** Drops the pending switch of a volume that was removed. */
export async function forgetSwitch({ engine }: Pick<Host, 'engine'>, volume: string): Promise<void> {
  await using helper = await engine.openHelper({ operation: 'recovery', lock: volume, store: true }, never);
  await helper.request('restore.forget', { volume }, { signal: never });
  await helper.finish();
}

interface Resume {
  direction: 'decided' | 'back';
  safety?: string | undefined;
  orBack?: boolean | undefined;
  onProgress?: (progress: Progress) => void;
}

function resumeWith(
  helper: AgentSession,
  target: VolumeSpec,
  { direction, safety, orBack, onProgress = () => {} }: Resume,
) {
  const params = { target, direction, ...(safety !== undefined && { safety }), ...(orBack && { orBack }) };
  return helper.request('restore.resume', params, { signal: never, onProgress });
}

export function countSwitch(run: Pick<Run, 'count'>, switched: SwitchResult): void {
  run.count({
    filesMoved: switched.writtenFiles,
    filesSkipped: switched.keptFiles,
    bytesMoved: switched.writtenBytes,
    bytesSkipped: switched.keptBytes,
  });
}
