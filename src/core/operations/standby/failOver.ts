import type { ContainerDetails, FrozenContainer } from '../../engine';
import { Failure } from '../../failure';
import type { LastUpdate } from '../../standby/standby';
import { clearUpAfter } from '../clearUpAfter';
import { waitUntilUp, type Started } from '../comingUp';
import { inspectAll } from '../inspectAll';
import { openHelper } from '../openHelper';
import { onOther } from '../otherEngine';
import type { Host, Run } from '../run';
import { startAgain } from '../startAgain';
import { refuseUse, stoppedForRestore } from '../users';
import { whileStopped } from '../whileStopped';
import { refuseUsed, updateStandby, type Pair } from './updateStandby';

export interface FailOverRequest extends Pair {
  /** Whether the primary answers; else it is left as it is, and its data since the last update is missing. */
  isHeard: boolean;
  /** The containers of the standby's engine that are started, with the restart policies that they are to have. */
  start: readonly FrozenContainer[];
}

export interface FailedOver {
  /** Absent where the primary was not heard. */
  last?: LastUpdate;
  /** On the primary's engine; they stay stopped, and nothing starts them again by itself. */
  stopped: FrozenContainer[];
  started: string[];
}

/**
 * Has a standby take over. Where the primary answers: the bulk is synced while its containers run, then they are stopped, the
 * rest is synced, and only then, with nothing that could still write on the primary, the standby's containers are started.
 * When these cannot be, the primary's run again.
 */
export async function failOver(request: FailOverRequest, run: Run): Promise<FailedOver> {
  const { primary, standby, isHeard } = request;
  await refuseUsed(request, run);
  await onOther(standby.host, () => standby.host.engine.inspectVolume(standby.volume, run.signal));
  if (!isHeard) return { stopped: [], started: await startThere(request, [], run) };

  const last = await updateStandby(request, run);
  const { engine } = primary.host;
  const source = await engine.inspectVolume(primary.volume, run.signal);
  const users = await stoppedForRestore(engine, [source], run.signal);
  // As long as it is there, nobody takes us for dead and starts what is stopped, whatever we do on the other engine.
  const lock = `${primary.volume} (fail-over)`;
  await using guard = await openHelper(engine, { operation: 'failOver', lock, store: false }, run);
  using watchdog = users.length > 0 ? primary.host.startWatchdog() : undefined;
  const since = performance.now();
  const freeze = { operation: 'failOver', volumes: [source], locks: [lock], containers: users, watchdog } as const;
  const { result } = await whileStopped(primary.host, { ...freeze, leaveStopped: true }, run, async () => {
    const rest = await updateStandby({ ...request, last, keepsSafety: false }, run);
    await refuseUse(engine, source);
    return rest;
  });
  const stopped = users.map(({ id, name, restartPolicy }) => ({ id, name, restartPolicy }));
  const started = await startThere(request, stopped, run);
  run.count({ downtimeMs: users.length > 0 ? performance.now() - since : 0 });
  await guard.finish();
  return { last: result, stopped, started };
}

/** The containers that a fail-over would start, unless others are chosen: those that mount the volume, and the rest of their Compose projects. */
export async function startable(host: Host, volume: string, signal: AbortSignal): Promise<ContainerDetails[]> {
  const { engine } = host;
  const all = await engine.listContainers(signal);
  const mounts = all.filter((each) => each.mounts.some(({ type, name }) => type === 'volume' && name === volume));
  const projects = new Set(mounts.flatMap(({ labels }) => labels[composeProject] ?? []));
  const ofProjects = all.filter(({ labels }) => projects.has(labels[composeProject] ?? ''));
  const chosen = [...mounts, ...ofProjects.filter((each) => !mounts.includes(each))];
  return inspectAll(engine, chosen, signal);
}

const composeProject = 'com.docker.compose.project';

async function startThere(
  { primary, standby, start }: FailOverRequest,
  stopped: readonly FrozenContainer[],
  run: Run,
): Promise<string[]> {
  const { host } = standby;
  const started: Started[] = [];
  try {
    await onOther(host, async () => {
      run.phase('start');
      const { healthWaitMs } = host.settings;
      const report = (phase: 'start' | 'health', names: string[]) => run.waitForContainers(phase, names);
      const done = await startAgain(host, start, { healthWaitMs, signal: run.signal, stopsEnd: 0, report });
      started.push(...done.started);
      const [refused] = done.refused;
      if (refused) throw new Failure('failOverRefused', { container: refused.container, reason: refused.reason ?? '' });
    });
  } catch (error) {
    // Not on both sides.
    for (const { id } of started) await clearUpAfter(error, () => host.engine.stop(id));
    const never = new AbortController().signal;
    const options = { healthWaitMs: 0, signal: never, stopsEnd: 0 };
    if (stopped.length > 0) await clearUpAfter(error, () => startAgain(primary.host, stopped, options));
    throw error;
  }
  await waitUntilUp(host, started, run);
  return started.map(({ name }) => name);
}
