import type { FreezeJournal, OwnContainer, Owner } from '../../core/engine';
import type { OperationKind } from '../../core/timings/record';
import { label } from '../labels';
import { containerFromList } from './containerWire';
import { asList, asNumber, asRecord, asText } from './read';

const roles: readonly OwnContainer['role'][] = ['helper', 'image', 'freeze', 'store'];

/** One of our containers in GET /containers/json; undefined for others. Labels may have been written by another version. */
export function ownContainerFrom(wire: unknown): OwnContainer | undefined {
  const { id, name, state, labels } = containerFromList(wire);
  const role = roles.find((known) => known === labels[label.role]);
  if (!role) return undefined;
  const owner = ownerFrom(parse(labels[label.owner]));
  const journal = role === 'freeze' ? journalFrom(labels[label.journal]) : undefined;
  return {
    id,
    name,
    role,
    state,
    createdAt: asNumber(asRecord(wire)['Created']) * 1000,
    ...(labels[label.lock] !== undefined && { lock: labels[label.lock] }),
    ...(labels[label.operation] && { operation: labels[label.operation] as OperationKind }),
    ...(owner && { owner }),
    ...(journal && { journal }),
    ...(role === 'freeze' && !journal && { unreadableJournal: labels[label.journal] ?? '' }),
  };
}

/** Undefined when there is none that we understand. */
export function journalFrom(text: string | undefined): FreezeJournal | undefined {
  const journal = asRecord(parse(text));
  const known = journal['format'] === 1 && (journal['action'] === 'pause' || journal['action'] === 'stop');
  const owner = ownerFrom(journal['owner']);
  const helpers = asList(journal['helpers']).map(asText).filter(Boolean);
  if (!known || !owner || helpers.length === 0) return undefined;
  const volumes = asList(journal['volumes']).map(asText).filter(Boolean);
  const containers = asList(journal['containers']).filter((container) => asText(asRecord(container)['id']) !== '');
  return {
    ...(journal as unknown as FreezeJournal),
    owner,
    helpers,
    volumes,
    containers: containers as FreezeJournal['containers'],
  };
}

export function ownerFrom(value: unknown): Owner | undefined {
  const owner = asRecord(value);
  const host = asText(owner['host']);
  const window = asText(owner['window']);
  return host ? { host, pid: asNumber(owner['pid']), ...(window && { window }) } : undefined;
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
