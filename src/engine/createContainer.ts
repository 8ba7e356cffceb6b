import type { ContainerCreateOptions } from 'dockerode';
import { timeouts, type Wire } from './wire';

/** Returns the id. Rejects with engineError; its status 409 means that the name is taken, 404 that the image is missing. */
export async function createContainer(wire: Wire, config: ContainerCreateOptions): Promise<string> {
  // Not cancellable: a request that was cut off may still have made the container, and nobody would know its id.
  const container = await wire.call((docker, abortSignal) => docker.createContainer({ ...config, abortSignal }), {
    timeoutMs: timeouts.change,
  });
  return container.id;
}
