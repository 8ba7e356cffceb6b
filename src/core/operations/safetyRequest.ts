import type { ContainerDetails } from '../engine';
import type { SnapshotRequest } from '../snapshotEntry';
import { recordedUsers } from './consistency';

/** A snapshot that nobody asked for, of what would be lost otherwise. `users`: the containers that wrote it, stopped now. */
export function safetyRequest(users: readonly ContainerDetails[]): SnapshotRequest {
  return {
    kind: 'safety',
    // A note is a person's, and keeps it.
    note: '',
    consistency: 'stopped',
    ...recordedUsers(users),
    frozenMs: 0,
  };
}
