import type { FrozenContainer, VolumeEngine } from '../engine';
import { Failure } from '../failure';

/**
 * Starts in the given order and puts the restart policies back. All are tried before a failure is said; one that was
 * removed meanwhile needs no start.
 */
export async function startAgain(
  { engine }: { engine: VolumeEngine },
  containers: readonly FrozenContainer[],
): Promise<void> {
  const present = new Set((await engine.listContainers(new AbortController().signal)).map(({ id }) => id));
  const failures: Failure[] = [];
  for (const { id, name, restartPolicy } of containers.filter((container) => present.has(container.id))) {
    try {
      await engine.setRestartPolicy(id, restartPolicy);
      await engine.start(id);
    } catch (cause) {
      failures.push(new Failure('containerNotStarted', { container: name, reason: String(cause) }, { cause }));
    }
  }
  if (failures[0]) throw failures[0];
}
