import type { AgentSession } from '../agentClient/session';
import type { HelperRequest, VolumeEngine } from '../engine';
import { isFailure } from '../failure';
import type { Run } from './run';

/** A helper on behalf of a run: cancelled with it, and a pull of the agent's image shown there. */
export async function openHelper(engine: VolumeEngine, request: HelperRequest, run: Run): Promise<AgentSession> {
  const onPull = (progress: { bytes: number; totalBytes: number }) =>
    run.progress({ phase: 'pull', files: 0, ...progress });
  try {
    return await engine.openHelper({ ...request, onPull }, run.signal);
  } catch (error) {
    // A pull that is refused at once has made no progress that would have told the step.
    if (isFailure(error, 'agentImageMissing')) error.step ??= 'pull';
    throw error;
  }
}
