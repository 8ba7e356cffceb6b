import { hookLabel } from '../consistency/hookLabels';
import { hooksOf, type ContainerHooks, type HookCommand } from '../consistency/hooks';
import type { CommandResult, ContainerDetails, FrozenContainer, Volume, VolumeEngine } from '../engine';
import { Failure, isFailure, isRefusal } from '../failure';
import { inParallel } from './inParallel';
import type { Run } from './run';
import { uses } from './users';

/** A container in which something is run for a snapshot. */
export interface Hooked {
  id: string;
  name: string;
  hooks: ContainerHooks;
}

type Stage = 'prepare' | 'pre' | 'post';

/** Says to a command, and to all that it starts, what it is run for; by this they are found again. */
const stageVariable = 'DOCKERVOLUMES_HOOK';
/** How long it may take to end what still runs of a stage. */
const endingMs = 5_000;
const never = new AbortController().signal;

/** The hooks of the containers that have any. Rejects with labelInvalid before anything is touched. */
export async function findHooks(
  engine: VolumeEngine,
  containers: readonly ContainerDetails[],
  volumes: readonly Volume[],
  signal: AbortSignal,
): Promise<Hooked[]> {
  const found = containers.map(async (container) => {
    const used = volumes.filter((volume) => uses(container, volume));
    const hooks = hooksOf(container, used, await engine.runningPrograms(container.id, signal));
    return hooks ? [{ id: container.id, name: container.name, hooks }] : [];
  });
  return (await Promise.all(found)).flat();
}

/**
 * Runs one stage in all containers at once. With the first that fails the others are ended, and nothing of any runs on:
 * rejects with hookFailed, databaseNotPrepared, or Cancelled.
 */
export async function runHooks(
  engine: VolumeEngine,
  hooked: readonly Hooked[],
  stage: 'prepare' | 'pre',
  run: Run,
): Promise<void> {
  const concerned = hooked.filter(({ hooks }) => hooks[stage]);
  if (concerned.length === 0) return;
  await run.hold('hooks', () =>
    inParallel(concerned, run, async (container, { signal }) => {
      try {
        await runIn(engine, container, stage, signal);
      } catch (error) {
        await endRest(engine, container, stage);
        throw error;
      }
    }),
  );
}

/**
 * Runs `post` in all containers. One that fails is said and not tried again; rejects only when it is not known whether a
 * command was run, as when the engine is lost.
 */
export async function runPost(engine: VolumeEngine, hooked: readonly Hooked[], run: Run): Promise<void> {
  if (!hooked.some(({ hooks }) => hooks.post)) return;
  const failures = await run.hold('hooks', () => postFailures(engine, hooked));
  failures.forEach((failure) => run.warn(failure));
}

/** For containers whose owner died: ends what may still run of `pre`, then runs `post`. Returns what failed. */
export async function undoHooks(engine: VolumeEngine, containers: readonly FrozenContainer[]): Promise<Failure[]> {
  const hooked = containers.flatMap(({ id, name, hooks }) => (hooks ? [{ id, name, hooks }] : []));
  await Promise.all(hooked.map((container) => endRest(engine, container, 'pre')));
  return postFailures(engine, hooked);
}

/** The longest that a stage may take, with all that follows when it fails. */
export function longestMs(hooked: readonly Hooked[], stage: Stage): number {
  return Math.max(...hooked.map(({ hooks }) => hooks[stage]?.timeoutMs ?? 0)) + endingMs;
}

async function postFailures(engine: VolumeEngine, hooked: readonly Hooked[]): Promise<Failure[]> {
  const reasons = await reasonsOf(hooked.map((container) => runIn(engine, container, 'post', never)));
  const failures = reasons.filter((reason) => isFailure(reason, 'hookFailed'));
  const unknown = reasons.find((reason) => !isFailure(reason, 'hookFailed'));
  if (unknown) throw unknown;
  return failures;
}

/** Waits for all before the first failure is said. */
async function reasonsOf(work: Promise<void>[]): Promise<Error[]> {
  const outcomes = await Promise.allSettled(work);
  return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []));
}

async function runIn(engine: VolumeEngine, container: Hooked, stage: Stage, signal: AbortSignal): Promise<void> {
  const command = container.hooks[stage];
  if (!command) return;
  const { exitCode, output } = await execute(engine, container.id, command, stage, signal);
  if (exitCode === 0) return;
  const { name, hooks } = container;
  const end = exitCode === undefined ? { seconds: command.timeoutMs / 1000 } : { exitCode };
  throw hooks.origin === 'labels'
    ? new Failure('hookFailed', {
        container: name,
        label: stage === 'post' ? hookLabel.post : hookLabel.pre,
        output,
        ...end,
      })
    : new Failure('databaseNotPrepared', { container: name, database: hooks.origin, output, ...end });
}

/** What the engine refuses to run, because the container has ended for example, has failed like a command. */
async function execute(
  engine: VolumeEngine,
  id: string,
  command: HookCommand,
  stage: Stage,
  signal: AbortSignal,
): Promise<CommandResult> {
  try {
    return await engine.exec(id, { ...command, env: { [stageVariable]: stage } }, signal);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { exitCode: 126, output: isFailure(error, 'engineError') ? (error.details.message ?? '') : '' };
  }
}

/** Of all processes with the variable, first politely. A constant: the variable's value comes with the environment. */
const endScript = `
for signal in TERM KILL; do
  found=
  for process in /proc/[0-9]*; do
    if tr '\\0' '\\n' < "$process/environ" | grep -qx "${stageVariable}=$ENDED_STAGE"; then
      kill -s "$signal" "\${process#/proc/}" && found=yes
    fi
  done 2> /dev/null
  [ -n "$found" ] || exit 0
  sleep 0.3
done
`;

/**
 * Ends what still runs of a stage, its children too: engines cannot end a command, and one that goes on could lock the
 * app after `post` has unlocked it. Best effort, for it needs a shell in the container.
 */
async function endRest(engine: VolumeEngine, { id, hooks }: Hooked, stage: 'prepare' | 'pre'): Promise<void> {
  const { user } = hooks[stage] ?? {};
  const command = { command: ['sh', '-c', endScript], env: { ENDED_STAGE: stage }, timeoutMs: endingMs };
  try {
    await engine.exec(id, { ...command, ...(user !== undefined && { user }) }, never);
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}
