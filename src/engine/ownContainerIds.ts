import * as os from 'node:os';
import type { Surroundings } from './connection/surroundings';
import { findContainer } from './containers';
import type { Wire } from './wire';
import { asList, asRecord, asText } from './wire/read';

/**
 * Full ids of the container we run in, if this engine runs it: a dev container must not pause itself. One id, or several
 * where one of them is ours and it cannot be told which.
 */
export async function findOwnContainerIds(
  wire: Wire,
  { platform, readFile }: Surroundings,
  hostname = os.hostname(),
): Promise<string[]> {
  if (platform !== 'linux') return [];
  const [mounts = '', groups = ''] = await Promise.all([
    readFile('/proc/self/mountinfo'),
    readFile('/proc/self/cgroup'),
  ]);
  const inGroups = await firstKnown(wire, idsIn(groups));
  if (inGroups !== undefined) return [inGroups];
  const found = await firstKnown(wire, containerIds(mounts, hostname));
  if (found === undefined) return [];
  // Containers that share a network have the host name and these files of the one that made it.
  const candidates = [found, ...(await sharersOf(wire, found))];
  if (candidates.length === 1) return candidates;
  const layer = rootLayer(mounts);
  const layers = await Promise.all(candidates.map((id) => layerOf(wire, id)));
  const ours = candidates.filter((_, index) => layer !== undefined && layers[index] === layer);
  return ours.length > 0 ? ours : candidates;
}

/** What may be our id: the folders of the mounts that engines put over /etc/hostname and the like, then the host name. */
export function containerIds(mountinfo: string, hostname: string): string[] {
  const mounted = mountinfo
    .split('\n')
    .filter((line) => /\s\/etc\/(hostname|hosts|resolv\.conf)\s|\/run\/\.containerenv\s/.test(line));
  return [...idsIn(mounted.join('\n')), ...(/^[0-9a-f]{12}$/.test(hostname) ? [hostname] : [])];
}

/** The folder that holds what we write to our root, where that is an overlay. */
export function rootLayer(mountinfo: string): string | undefined {
  const root = mountinfo.split('\n').find((line) => line.split(' ')[4] === '/');
  return /\bupperdir=([^,\s]+)/.exec(root ?? '')?.[1];
}

function idsIn(text: string): string[] {
  return [...new Set(text.match(/\b[0-9a-f]{64}\b/g))];
}

async function firstKnown(wire: Wire, candidates: readonly string[]): Promise<string | undefined> {
  for (const candidate of candidates) {
    // When it cannot be known we do not go on: we might pause ourselves.
    const container = await findContainer(wire, candidate);
    if (container?.id.startsWith(candidate)) return container.id;
  }
  return undefined;
}

async function sharersOf(wire: Wire, id: string): Promise<string[]> {
  const listed = await wire.call<unknown[]>((docker, abortSignal) => docker.listContainers({ abortSignal }));
  return asList(listed)
    .map(asRecord)
    .filter((each) => asText(asRecord(each['HostConfig'])['NetworkMode']) === `container:${id}`)
    .map((each) => asText(each['Id']));
}

async function layerOf(wire: Wire, id: string): Promise<string | undefined> {
  const container = await wire.call<unknown>((docker, abortSignal) => docker.getContainer(id).inspect({ abortSignal }));
  return asText(asRecord(asRecord(asRecord(container)['GraphDriver'])['Data'])['UpperDir']) || undefined;
}
