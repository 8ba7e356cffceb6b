import type { VolumeEngine } from '../engine';
import { isFailure } from '../failure';

/** When an agent was lost because its engine was, people are told that. */
export async function causeOfLoss(engine: VolumeEngine, error: unknown): Promise<unknown> {
  if (!isFailure(error, 'agentLost')) return error;
  return engine.listVolumes(AbortSignal.timeout(5_000)).then(
    () => error,
    (cause: unknown) => {
      if (!isFailure(cause, 'engineLost', 'engineNotAnswering')) return error;
      const { restore } = error.details;
      if (restore && isFailure(cause, 'engineLost')) cause.details.restore = restore;
      return cause;
    },
  );
}
