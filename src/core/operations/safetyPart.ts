import type { PhaseName } from '../timings/record';
import { withSignal } from './inParallel';
import type { Run } from './run';

/** The same run, in which what the agent does belongs to the safety snapshot; or only these phases of it. */
export function forSafety(run: Run, ...only: PhaseName[]): Run {
  const isIts = (phase: PhaseName) => only.length === 0 || only.includes(phase);
  return {
    ...withSignal(run, run.signal),
    progress: (progress) => run.progress(isIts(progress.phase) ? { ...progress, part: 'safety' } : progress),
  };
}
