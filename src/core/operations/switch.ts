import type { AgentSession } from '../agentClient/session';
import type { AgentMethods, SwitchResult } from '../agentProtocol';
import type { VolumeSpec } from '../snapshotEntry';
import { Cancelled, Failure, isFailure } from '../failure';
import type { OperationKind } from '../timings/record';
import type { Host } from './run';

type SwitchParams = AgentMethods['restore.switch']['params'];

/**
 * Lets the agent switch the volume. When that fails half-way, the volume is made whole before anything may use it:
 * by the same agent back to the safety snapshot or, when the agent is lost, by a new one forward to the snapshot.
 * Rejects with restoreIncomplete when neither was possible; then, and only then, a switch is still pending.
 */
export async function switchVolume(
  host: Host,
  helper: AgentSession,
  params: SwitchParams,
  request: (helper: AgentSession) => Promise<SwitchResult>,
): Promise<{ switched: SwitchResult; helperLost: boolean }> {
  try {
    return { switched: await request(helper), helperLost: false };
  } catch (error) {
    // A cancel is only obeyed before the switch begins.
    if (error instanceof Cancelled) throw error;
    const lost = isFailure(error, 'agentLost', 'engineLost');
    try {
      if (!lost) await resumeWith(helper, params.target, 'back');
      else {
        await helper[Symbol.asyncDispose]();
        const switched = await resumeSwitch(host, params.target, 'restore');
        if (switched) return { switched, helperLost: true };
      }
    } catch (cause) {
      throw new Failure('restoreIncomplete', { volume: params.target.name }, { cause });
    }
    throw error;
  }
}

/** Rolls a pending switch forward with a helper of its own; null when none was pending after all. */
export async function resumeSwitch(
  host: Pick<Host, 'engine'>,
  target: VolumeSpec,
  operation: OperationKind,
): Promise<SwitchResult | null> {
  // Nothing may interrupt this: a half-switched volume is worse than a slow end.
  const signal = new AbortController().signal;
  await using helper = await host.engine.openHelper(
    { operation, lock: target.name, volume: { spec: target, readOnly: false }, store: true },
    signal,
  );
  const resumed = await resumeWith(helper, target, 'forward');
  await helper.finish();
  return resumed;
}

/** Drops the pending switch of a volume that was removed. */
export async function forgetSwitch({ engine }: Pick<Host, 'engine'>, volume: string): Promise<void> {
  const signal = new AbortController().signal;
  await using helper = await engine.openHelper({ operation: 'recovery', lock: volume, store: true }, signal);
  await helper.request('restore.forget', { volume }, { signal });
  await helper.finish();
}

function resumeWith(helper: AgentSession, target: VolumeSpec, direction: 'forward' | 'back') {
  return helper.request('restore.resume', { target, direction }, { signal: new AbortController().signal });
}
