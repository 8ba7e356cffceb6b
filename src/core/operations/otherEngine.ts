import { Failure, isFailure } from '../failure';
import { causeOfLoss } from './causeOfLoss';
import type { Host } from './run';

/** What people can decide about is told as it is, wherever it happens. */
const told = ['onOtherEngine', 'syncHalted', 'databaseVersionDiffers', 'transferDamaged', 'standbyInUse'] as const;

/** Work on another engine than the one that people see: what goes wrong there is said to be there. */
export async function onOther<T>({ engine }: Host, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const cause = await causeOfLoss(engine, error);
    if (!isFailure(cause) || isFailure(cause, ...told)) throw cause;
    const failure = new Failure('onOtherEngine', { engine: engine.name, code: cause.code }, { cause });
    if (isFailure(error) && error.step) failure.step = error.step;
    throw failure;
  }
}
