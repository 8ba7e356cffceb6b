import { isFailure } from '../failure';
import type { PhaseName } from '../timings/record';

/** Says of a failure in which of the stages that run beside one another it was. */
export function failedIn(stage: PhaseName): (error: unknown) => never {
  return (error) => {
    if (isFailure(error)) error.step ??= stage;
    throw error;
  };
}
