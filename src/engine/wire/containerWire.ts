import { versionVariables } from '../../core/database';
import type { Container, ContainerDetails, ContainerMount, ContainerRun, ContainerState } from '../../core/engine';
import { asList, asNumber, asRecord, asText, asTexts } from './read';

/** A container as GET /containers/json writes it. `mounts` is undefined where an engine (Podman) leaves them out. */
export function containerFromList(wire: unknown): Omit<Container, 'mounts'> & { mounts: ContainerMount[] | undefined } {
  const container = asRecord(wire);
  return {
    id: asText(container['Id']),
    name: plainName(asText(asList(container['Names'])[0])),
    image: asText(container['Image']),
    state: stateFrom(asText(container['State'])),
    labels: asTexts(container['Labels']),
    mounts: Array.isArray(container['Mounts']) ? container['Mounts'].map(mountFrom) : undefined,
  };
}

/** A container as GET /containers/{id}/json writes it. References to other containers are as they were given at creation. */
export function containerFromInspect(wire: unknown): ContainerDetails {
  const container = asRecord(wire);
  const config = asRecord(container['Config']);
  const host = asRecord(container['HostConfig']);
  const policy = asRecord(host['RestartPolicy']);
  const state = asRecord(container['State']);
  const retries = asNumber(policy['MaximumRetryCount']);
  return {
    id: asText(container['Id']),
    name: plainName(asText(container['Name'])),
    image: asText(config['Image']) || asText(container['Image']),
    imageId: asText(container['Image']),
    state: stateFrom(asText(state['Status'])),
    labels: asTexts(config['Labels']),
    mounts: asList(container['Mounts']).map(mountFrom),
    programs: [config['Entrypoint'], config['Cmd']].flatMap(programFrom),
    ...variablesFrom(config['Env']),
    autoRemove: host['AutoRemove'] === true,
    restartPolicy: { Name: asText(policy['Name']) || 'no', ...(retries > 0 && { MaximumRetryCount: retries }) },
    sharesNamespaceOf: [host['NetworkMode'], host['PidMode'], host['IpcMode']]
      .map((mode) => /^container:(.+)$/.exec(asText(mode))?.[1])
      .filter((reference) => reference !== undefined)
      .filter((reference, index, all) => all.indexOf(reference) === index),
    links: asList(host['Links']).map((link) => plainName(asText(link).split(':')[0] ?? '')),
    volumesFrom: asList(host['VolumesFrom']).map((each) => asText(each).replace(/:(ro|rw|z|Z)$/, '')),
    tmpfs: Object.keys(asRecord(host['Tmpfs'])),
    stopSeconds: typeof config['StopTimeout'] === 'number' ? config['StopTimeout'] : engineStopSeconds,
    lastRun: runFrom(state, asNumber(container['RestartCount'])),
  };
}

/** What engines wait for when a container does not say. */
const engineStopSeconds = 10;

function runFrom(state: Record<string, unknown>, restarts: number): ContainerRun {
  // Podman writes an empty status where there is no health check.
  const health = (['starting', 'healthy', 'unhealthy'] as const).find(
    (known) => known === asRecord(state['Health'])['Status'],
  );
  // The year 1 where it never has.
  const endedAt = asText(state['FinishedAt']);
  return {
    startedAt: asText(state['StartedAt']),
    ...(Date.parse(endedAt) > 0 && { endedAt }),
    exitCode: asNumber(state['ExitCode']),
    restarts,
    ...(health && { health }),
  };
}

function mountFrom(wire: unknown): ContainerMount {
  const mount = asRecord(wire);
  const name = asText(mount['Name']);
  return {
    type: asText(mount['Type']),
    ...(name && { name }),
    source: asText(mount['Source']),
    destination: asText(mount['Destination']) || asText(mount['Target']),
    readOnly: mount['RW'] === false,
  };
}

/** The first word, for the others may hold secrets. */
function programFrom(words: unknown): string[] {
  const [program] = asList(words).map(asText);
  return program ? [program.slice(program.lastIndexOf('/') + 1)] : [];
}

const known = new Set(Object.values(versionVariables).flat());

/** Names only: values may be secrets, and nobody who does not have one can give it away. */
function variablesFrom(env: unknown): Pick<ContainerDetails, 'variables' | 'versions'> {
  const pairs = asList(env)
    .map(asText)
    .map((pair) => [pair.split('=', 1)[0] ?? '', pair.slice(pair.indexOf('=') + 1)] as const);
  return {
    variables: pairs.map(([name]) => name),
    versions: Object.fromEntries(pairs.filter(([name]) => known.has(name))),
  };
}

function plainName(name: string): string {
  return name.replace(/^\//, '');
}

const states: readonly string[] = ['created', 'running', 'paused', 'restarting', 'exited', 'removing', 'dead'];

/** Podman has further words for some states. */
function stateFrom(text: string): ContainerState {
  const state = text.toLowerCase();
  if (states.includes(state)) return state as ContainerState;
  if (state === 'configured' || state === 'initialized') return 'created';
  return state === 'stopping' ? 'running' : 'exited';
}
