import type { ContainerCreateOptions } from 'dockerode';
import { Failure } from '../core/failure';
import { timeouts, type Wire } from './wire';
import { wordsOf } from './wireErrors';

/** Returns the id. Rejects with engineError; its status 409 means that the name is taken, 404 that the image is missing. */
export async function createContainer(wire: Wire, config: ContainerCreateOptions): Promise<string> {
  // Not cancellable: a request that was cut off may still have made the container, and nobody would know its id.
  try {
    const container = await wire.call((docker, abortSignal) => docker.createContainer({ ...config, abortSignal }), {
      timeoutMs: timeouts.change,
    });
    return container.id;
  } catch (error) {
    // Podman's status for it is 500.
    if (!/name .* is already in use/.test(wordsOf(error))) throw error;
    throw new Failure('engineError', { status: 409, message: wordsOf(error) });
  }
}
