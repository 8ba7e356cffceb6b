import { declaredDatabase } from '../consistency/databaseOf';
import { askedConsistency, consistencyLabel } from '../consistency/level';
import type { ContainerDetails, Volume } from '../engine';
import { Failure } from '../failure';
import type { Consistency, SnapshotEntry, SnapshotRequest } from '../snapshotEntry';
import type { Hooked } from './hooks';
import type { Host, Run } from './run';

/** A label that says nothing we know counts for nothing, and is said. */
export function consistencyAsked(
  { settings }: Host,
  { name, labels }: Volume,
  chosen: Consistency | undefined,
  run: Run,
): Consistency {
  const { consistency, invalid } = askedConsistency(labels, { chosen, usual: settings.consistency });
  if (invalid !== undefined) {
    run.warn(new Failure('labelInvalid', { label: consistencyLabel, value: invalid, on: name }));
  }
  return consistency;
}

/**
 * Nobody writes to a volume that is not in use, unless it is seen that somebody did (`isRestless`); where nothing is known to be run in a container, it is
 * only paused.
 */
export function consistencyGot(
  asked: Consistency,
  users: readonly ContainerDetails[],
  hooked: readonly Hooked[],
  isRestless = false,
): Pick<SnapshotEntry, 'consistency' | 'asked'> {
  if (isRestless) return { consistency: 'live', ...(asked !== 'live' && { asked }) };
  if (users.length === 0) return { consistency: 'stopped' };
  const isHooked = users.some(({ id }) => hooked.some((container) => container.id === id));
  if (asked === 'application' && !isHooked) return { consistency: 'paused', asked };
  return { consistency: asked };
}

/** What is recorded of the containers that wrote to a volume. */
export function recordedUsers(
  users: readonly ContainerDetails[],
  hooked: readonly Hooked[] = [],
): Pick<SnapshotRequest, 'users' | 'databases'> {
  return {
    users: users.map(({ id, name, image, imageId }) => {
      const origin = hooked.find((container) => container.id === id)?.hooks.origin;
      return { name, image, imageId, ...(origin && { hooks: origin }) };
    }),
    databases: users.map(declaredDatabase).filter((database) => database !== undefined),
  };
}
