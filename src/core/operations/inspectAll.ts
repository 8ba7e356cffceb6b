import type { Container, ContainerDetails, VolumeEngine } from '../engine';
import { isFailure } from '../failure';

/** The details of these containers, in their order, without those that were removed meanwhile. */
export async function inspectAll(
  engine: VolumeEngine,
  containers: readonly Pick<Container, 'id'>[],
  signal: AbortSignal,
): Promise<ContainerDetails[]> {
  const found = await Promise.all(
    containers.map(({ id }) =>
      engine.inspectContainer(id, signal).catch((error: unknown) => {
        if (isFailure(error, 'engineError') && error.details.status === 404) return undefined;
        throw error;
      }),
    ),
  );
  return found.filter((container) => container !== undefined);
}
