import type { Container, ContainerDetails, RestartPolicy } from '../core/engine';
import { Failure, isRefusal } from '../core/failure';
import { label } from './labels';
import { containerFromInspect, containerFromList } from './wire/containerWire';
import { asList, asRecord, asText } from './wire/read';
import { timeouts, type Wire } from './wire';
import { statusOf, wordsOf } from './wireErrors';

/** All containers in any state, but our own. */
export async function listContainers(wire: Wire, signal: AbortSignal): Promise<Container[]> {
  const answer = await wire.call<unknown[]>(
    (docker, abortSignal) => docker.listContainers({ all: true, abortSignal }),
    {
      signal,
    },
  );
  const containers = answer.map(containerFromList).filter((container) => !(label.role in container.labels));
  return Promise.all(
    containers.map(async ({ mounts, ...container }) => ({
      ...container,
      mounts: mounts ?? (await mountsOf(wire, container.id, signal)),
    })),
  );
}

async function mountsOf(wire: Wire, id: string, signal: AbortSignal): Promise<Container['mounts']> {
  return (await findContainer(wire, id, signal))?.mounts ?? [];
}

/** Undefined when there is none of this id or name. */
export async function findContainer(
  wire: Wire,
  id: string,
  signal?: AbortSignal,
): Promise<ContainerDetails | undefined> {
  try {
    return containerFromInspect(
      await wire.call<unknown>((docker, abortSignal) => docker.getContainer(id).inspect({ abortSignal }), { signal }),
    );
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

export async function inspectContainer(wire: Wire, id: string, signal: AbortSignal): Promise<ContainerDetails> {
  const container = await findContainer(wire, id, signal);
  if (!container) throw new Failure('engineError', { status: 404, message: `No such container: ${id}` });
  // `--network container:<name>` keeps the name.
  const others = await Promise.all(
    container.sharesNamespaceOf.map(
      async (reference) => (await findContainer(wire, reference, signal))?.id ?? reference,
    ),
  );
  return { ...container, sharesNamespaceOf: others };
}

/** Asks for names only, for arguments may hold secrets. Undefined where the engine has no `ps`, or another one. */
export async function runningPrograms(wire: Wire, id: string, signal: AbortSignal): Promise<string[] | undefined> {
  try {
    const answer = await wire.call<unknown>(
      (docker, abortSignal) => docker.getContainer(id).top({ ps_args: '-eo pid,comm', abortSignal }),
      { signal },
    );
    return asList(asRecord(answer)['Processes']).map((row) => asText(asList(row)[1]));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    wire.log(`what runs in ${id.slice(0, 12)} is not known: ${wordsOf(error)}`);
    return undefined;
  }
}

export async function pause(wire: Wire, id: string): Promise<void> {
  await change(wire, (docker, abortSignal) => docker.getContainer(id).pause({ abortSignal }));
}

export async function unpause(wire: Wire, id: string): Promise<void> {
  try {
    await change(wire, (docker, abortSignal) => docker.getContainer(id).unpause({ abortSignal }));
  } catch (error) {
    // Not paused: Docker ≥ 23 says 409, 20.10 says 500 "is not paused", Podman 500 "can't unpause".
    if (statusOf(error) !== 404 && (await findContainer(wire, id))?.state === 'paused') throw error;
    if (statusOf(error) === undefined) throw error;
  }
}

/** A container may ask for any time; databases with much to write do for minutes. */
const longestGraceSeconds = 900;

export async function stop(wire: Wire, id: string, graceSeconds?: number): Promise<void> {
  await change(
    wire,
    async (docker, abortSignal) => {
      // 304: not running.
      await docker
        .getContainer(id)
        .stop({ ...(graceSeconds !== undefined && { t: graceSeconds }), abortSignal })
        .catch(ignoreStatus(304));
    },
    timeouts.change + (graceSeconds ?? longestGraceSeconds) * 1000,
  );
}

/** False when it runs already. */
export async function start(wire: Wire, id: string): Promise<boolean> {
  let runs = false;
  await change(wire, async (docker, abortSignal) => {
    const start = docker.getContainer(id).start({ abortSignal });
    await start.catch(ignoreStatus(304, () => (runs = true)));
  });
  return !runs;
}

export async function setRestartPolicy(
  wire: Wire,
  id: string,
  policy: RestartPolicy,
  { tries = 10, pauseMs = 100 } = {},
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await change(wire, (docker, abortSignal) =>
        docker.getContainer(id).update({ RestartPolicy: policy, abortSignal }),
      );
      return;
    } catch (error) {
      const status = statusOf(error);
      // Podman before 5.1 does not know the request; it starts nothing by itself that was stopped, either.
      if (status === 404 && (await findContainer(wire, id)))
        return wire.log('this engine cannot change restart policies');
      // 500: the container has just ended, as one does that crashes again and again.
      if (status !== 500 || attempt >= tries) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

export async function rename(wire: Wire, id: string, name: string): Promise<void> {
  await change(wire, (docker, abortSignal) => docker.getContainer(id).rename({ name, abortSignal }));
}

/**
 * Removes a container of ours with its anonymous volumes, running or not, and returns when it is gone.
 * May be called for one that is gone, or that the engine is removing already.
 */
export async function removeContainer(
  wire: Wire,
  id: string,
  { tries = 40, firstPauseMs = 10, longestPauseMs = 200 } = {},
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await change(wire, (docker, abortSignal) =>
        docker.getContainer(id).remove({ force: true, v: true, abortSignal }),
      );
    } catch (error) {
      const status = statusOf(error);
      if (status === 404) return;
      // 409: "removal … is already in progress"; 500: the disk was busy.
      if ((status !== 409 && status !== 500) || attempt >= tries) throw error;
      // The first ones are usual: another's removal is under way.
      if (attempt >= 3) wire.log(`removing ${id.slice(0, 12)}, attempt ${attempt}: ${wordsOf(error)}`);
    }
    if (!(await findContainer(wire, id))) return;
    await new Promise((resolve) => setTimeout(resolve, Math.min(firstPauseMs * attempt, longestPauseMs)));
  }
}

function change(
  wire: Wire,
  work: Parameters<typeof wire.call<unknown>>[0],
  timeoutMs = timeouts.change,
): Promise<unknown> {
  return wire.call(work, { timeoutMs });
}

function ignoreStatus(status: number, then = () => {}): (error: Error & { statusCode?: number }) => void {
  return (error) => {
    if (error.statusCode !== status) throw error;
    then();
  };
}
