import type { AgentSession } from '../agentClient/session';
import type { HelperRequest, VolumeEngine } from '../engine';
import type { Run } from './run';

/** A helper on behalf of a run: cancelled with it, and a pull of the agent's image shown there. */
export function openHelper(engine: VolumeEngine, request: HelperRequest, run: Run): Promise<AgentSession> {
  const onPull = (progress: { bytes: number; totalBytes: number }) =>
    run.progress({ phase: 'pull', files: 0, ...progress });
  return engine.openHelper({ ...request, onPull }, run.signal);
}
