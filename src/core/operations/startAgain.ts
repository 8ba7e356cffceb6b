import type { FrozenContainer, VolumeEngine } from '../engine';
import { Failure, isRefusal } from '../failure';

/**
 * Starts in the given order and puts the restart policies back. Returns what the engine refused, when all were tried; one
 * that was removed meanwhile needs no start. Rejects at once when an answer did not come: then nobody knows what runs.
 */
export async function startAgain(
  { engine }: { engine: VolumeEngine },
  containers: readonly FrozenContainer[],
): Promise<Failure[]> {
  const present = new Set((await engine.listContainers(new AbortController().signal)).map(({ id }) => id));
  const refusals: Failure[] = [];
  for (const { id, name, restartPolicy } of containers.filter((container) => present.has(container.id))) {
    for (const step of [() => engine.start(id), () => engine.setRestartPolicy(id, restartPolicy)]) {
      try {
        await step();
      } catch (cause) {
        if (!isRefusal(cause)) throw cause;
        refusals.push(new Failure('containerNotStarted', { container: name, reason: String(cause) }, { cause }));
      }
    }
  }
  return refusals;
}
