import type { AgentSession } from '../agentClient/session';
import type { SwitchDirection, SwitchResult } from '../agentProtocol';
import { Failure, isFailure } from '../failure';
import type { VolumeSpec } from '../snapshotEntry';
import type { OperationKind } from '../timings/record';
import { ask } from './ask';
import { inParallel } from './inParallel';
import type { Host, Run } from './run';

/** A volume whose switch is prepared: its `pending.json` is written, and nothing of it is touched. */
export interface Prepared {
  target: VolumeSpec;
  helper: AgentSession;
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
  prepared: readonly Prepared[],
  group: string | undefined,
  run: Run,
): Promise<{ switched: SwitchResult[]; lost: ReadonlySet<AgentSession> }> {
  const lost = new Set<AgentSession>();
  try {
    if (group !== undefined) await decide(prepared, group, 'forward');
    const switched = await inParallel(prepared, uncancelled(run), (volume, part) =>
      switchOne(host, volume, lost, part),
    );
    if (group !== undefined) await releaseAll(prepared, lost);
    return { switched, lost };
  } catch (error) {
    try {
      if (group !== undefined) await decide(prepared, group, 'back');
      await Promise.all(prepared.map((volume) => turnBack(host, volume, lost)));
    } catch (cause) {
      throw new Failure(
        'restoreIncomplete',
        { volume: prepared.map(({ target }) => target.name).join(', ') },
        { cause },
      );
    }
    throw error;
  }
}

function uncancelled(run: Run): Run {
  return {
    signal: never,
    phase: (name) => run.phase(name),
    progress: (progress) => run.progress(progress),
    waitForHolder: (holder) => run.waitForHolder(holder),
    waitForContainers: (...what) => run.waitForContainers(...what),
    hold: (name, work) => run.hold(name, work),
    count: (figures) => run.count(figures),
    warn: (warning) => run.warn(warning),
  };
}

async function switchOne(host: Host, { helper, target }: Prepared, lost: Set<AgentSession>, run: Run) {
  try {
    return await ask(helper, 'restore.switch', {}, run, never);
  } catch (error) {
    if (!isFailure(error, 'agentLost', 'engineLost')) throw error;
    lost.add(helper);
    await helper[Symbol.asyncDispose]();
    const switched = await resumeSwitch(host, target, 'restore');
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

async function releaseAll(prepared: readonly Prepared[], lost: ReadonlySet<AgentSession>): Promise<void> {
  // Who went on for a lost agent has done this already.
  const helpers = prepared.map(({ helper }) => helper).filter((helper) => !lost.has(helper));
  await Promise.all(helpers.map((helper) => helper.request('restore.release', {}, { signal: never })));
}

async function turnBack(host: Host, { helper, target }: Prepared, lost: Set<AgentSession>): Promise<void> {
  if (!lost.has(helper)) {
    try {
      await resumeWith(helper, target, 'back');
      return;
    } catch (error) {
      if (!isFailure(error, 'agentLost', 'engineLost')) throw error;
      lost.add(helper);
    }
  }
  await helper[Symbol.asyncDispose]();
  await resumeSwitch(host, target, 'restore', 'back');
}

/** Finishes a pending switch with a helper of its own; null when none was pending after all, or it was never decided. */
export async function resumeSwitch(
  { engine }: Pick<Host, 'engine'>,
  target: VolumeSpec,
  operation: OperationKind,
  direction: 'decided' | 'back' = 'decided',
): Promise<SwitchResult | null> {
  await using helper = await engine.openHelper(
    { operation, lock: target.name, volume: { spec: target, readOnly: false }, store: true },
    never,
  );
  const resumed = await resumeWith(helper, target, direction);
  await helper.finish();
  return resumed;
}

/** Drops the pending switch of a volume that was removed. */
export async function forgetSwitch({ engine }: Pick<Host, 'engine'>, volume: string): Promise<void> {
  await using helper = await engine.openHelper({ operation: 'recovery', lock: volume, store: true }, never);
  await helper.request('restore.forget', { volume }, { signal: never });
  await helper.finish();
}

function resumeWith(helper: AgentSession, target: VolumeSpec, direction: 'decided' | 'back') {
  return helper.request('restore.resume', { target, direction }, { signal: never });
}
