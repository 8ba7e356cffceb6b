import type { Untouchable } from '../core/engine';
import type { Endpoint } from './connection/endpoint';
import type { Surroundings } from './connection/surroundings';
import { findOwnContainerIds } from './ownContainerIds';
import type { Wire } from './wire';
import { asList, asNumber, asRecord, asText } from './wire/read';

/** What we stand on when it is a container itself: who pauses it cannot let it run again. */
export interface Footing {
  ownContainerIds: readonly string[];
  /** Port of our connection, where it is known. */
  port?: number;
  /** Of the host we are connected to. */
  addresses: readonly string[];
}

export async function findFooting(wire: Wire, endpoint: Endpoint, surroundings: Surroundings): Promise<Footing> {
  const ownContainerIds = await findOwnContainerIds(wire, surroundings);
  if (endpoint.kind === 'socket') return { ownContainerIds, addresses: [] };
  const { host, port } = endpoint;
  return { ownContainerIds, ...(port !== undefined && { port }), addresses: await surroundings.addressesOf(host) };
}

/** The running containers that must be left alone, by id, with why. */
export async function findUntouchable(
  wire: Wire,
  footing: Footing,
  signal: AbortSignal,
): Promise<Map<string, Untouchable>> {
  const listed = await wire.call<unknown[]>((docker, abortSignal) => docker.listContainers({ abortSignal }), {
    signal,
  });
  const untouchable = new Map<string, Untouchable>();
  for (const container of listed.map(asRecord)) {
    const id = asText(container['Id']);
    if (footing.ownContainerIds.includes(id)) untouchable.set(id, 'ours');
    else if (serves(container, footing)) untouchable.set(id, 'servesEngine');
  }
  return untouchable;
}

/** Whether our connection ends in a container: it publishes the port (a socket proxy does), or has the address. */
export function serves(listed: Record<string, unknown>, { port, addresses }: Footing): boolean {
  const publishes = asList(listed['Ports']).some((each) => {
    const published = asNumber(asRecord(each)['PublicPort']);
    return published !== 0 && published === port;
  });
  const networks = Object.values(asRecord(asRecord(listed['NetworkSettings'])['Networks'])).map(asRecord);
  const own = networks.flatMap((network) => [asText(network['IPAddress']), asText(network['GlobalIPv6Address'])]);
  return publishes || own.some((address) => address !== '' && addresses.includes(address));
}
