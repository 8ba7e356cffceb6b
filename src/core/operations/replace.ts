import type { ContainerDetails, RestartPolicy, VolumeEngine } from '../engine';
import { Failure, isFailure, isRefusal, throwIfCancelled } from '../failure';
import { untilUp } from './comingUp';
import type { Host, Run } from './run';
import type { Standstill } from './whileStopped';

/** A container that gives its place, which is its name, to another one. It stands still, and a journal says so. */
export interface Replacement {
  old: ContainerDetails;
  /** What it is called from then on. */
  oldName: string;
  /** Makes the other one under the name, which is free by then; returns its id. */
  make: () => Promise<string>;
  /** Takes it away again. */
  unmake: (id: string) => Promise<void>;
  /** Whether it is to run, as the old one did. */
  runs: boolean;
  restartPolicy: RestartPolicy;
}

const never = new AbortController().signal;

/**
 * Puts another container in the place of one, and waits until it is up; returns its id. When that fails, the old one has its
 * name again, and nothing of the other one runs; rejects with replacementIncomplete when that is not known.
 */
export async function replaceContainer(
  host: Host,
  { old, oldName, make, unmake, runs, restartPolicy }: Replacement,
  standstill: Standstill,
  run: Run,
): Promise<string> {
  const { engine } = host;
  run.phase('replace');
  throwIfCancelled(run.signal);
  await standstill.refuseUndone(old.name);
  let id: string | undefined;
  try {
    await engine.renameContainer(old.id, oldName);
    id = await make();
    throwIfCancelled(run.signal);
    await standstill.refuseUndone(old.name);
    if (runs) {
      run.waitForContainers('start', [old.name]);
      await start(engine, id, old.name);
    }
    const at = performance.now();
    await engine.setRestartPolicy(id, restartPolicy);
    if (runs) await untilItIsUp(host, { id, name: old.name, at }, run);
    standstill.replaced(old.id, at);
    return id;
  } catch (error) {
    await putBack(engine, { old, id, unmake });
    throw error;
  }
}

async function putBack(
  engine: VolumeEngine,
  { old, id, unmake }: Pick<Replacement, 'old' | 'unmake'> & { id: string | undefined },
): Promise<void> {
  try {
    if (id !== undefined && (await stopped(engine, id))) await unmake(id);
    if ((await engine.inspectContainer(old.id, never)).name !== old.name)
      await engine.renameContainer(old.id, old.name);
  } catch (cause) {
    throw new Failure('replacementIncomplete', { container: old.name }, { cause });
  }
}

/** False when it is gone: somebody has put it all back in our stead. */
async function stopped(engine: VolumeEngine, id: string): Promise<boolean> {
  try {
    await engine.stop(id);
    return true;
  } catch (error) {
    if (isFailure(error, 'engineError') && error.details.status === 404) return false;
    throw error;
  }
}

async function start(engine: VolumeEngine, id: string, container: string): Promise<void> {
  try {
    await engine.start(id);
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    const reason = isFailure(cause, 'engineError') ? (cause.details.message ?? '') : '';
    throw new Failure('replacementNotUp', { container, why: 'refused', reason, output: '' }, { cause });
  }
}

/** One that only takes its time stays: it has the data, and people are told. A cancel ends the waiting only. */
async function untilItIsUp(
  { engine, settings: { healthWaitMs } }: Host,
  started: { id: string; name: string; at: number },
  run: Run,
): Promise<void> {
  if (healthWaitMs === 0) return;
  run.waitForContainers('health', [started.name], healthWaitMs / 1000);
  const notUp = await untilUp(engine, started, healthWaitMs, run.signal);
  if (!notUp) return;
  const { why, reason, log } = notUp;
  if (why === 'late') return run.warn(notUp);
  const output = log.join('\n');
  throw new Failure('replacementNotUp', { container: started.name, why, ...(reason && { reason }), output });
}
