import type { ContainerDetails } from '../../src/core/engine';

/** A container as data. */
export function container(name: string, over: Partial<ContainerDetails> = {}): ContainerDetails {
  return {
    id: `id-${name}`,
    name,
    image: 'x',
    imageId: 'sha256:x',
    state: 'running',
    labels: {},
    mounts: [],
    programs: [],
    variables: [],
    versions: {},
    autoRemove: false,
    restartPolicy: { Name: 'no' },
    sharesNamespaceOf: [],
    links: [],
    volumesFrom: [],
    tmpfs: [],
    stopSeconds: 10,
    lastRun: { startedAt: '', exitCode: 0, restarts: 0 },
    ...over,
  };
}
