import type { ContainerCreateOptions } from 'dockerode';
import { removeContainer } from './containers';
import { createContainer } from './createContainer';
import { timeouts, type Wire } from './wire';

/** Creates a container, waits for its end and removes it. Rejects with the engine's words when it cannot be started. */
export async function runOnce(wire: Wire, config: ContainerCreateOptions): Promise<void> {
  const id = await createContainer(wire, config);
  try {
    await wire.call((docker, abortSignal) => docker.getContainer(id).start({ abortSignal }), {
      timeoutMs: timeouts.change,
    });
    await wire.call((docker, abortSignal) => docker.getContainer(id).wait({ abortSignal }), {
      timeoutMs: timeouts.change,
    });
  } finally {
    await removeContainer(wire, id);
  }
}
