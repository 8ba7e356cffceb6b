import type { ContainerDetails } from '../engine';
import type { SnapshotPurpose, SnapshotRequest } from '../snapshotEntry';
import { recordedUsers } from './consistency';

/** A snapshot that nobody asked for, of what would be lost otherwise. `users`: the containers that wrote it, stopped now. */
export function safetyRequest(users: readonly ContainerDetails[], purpose?: SnapshotPurpose): SnapshotRequest {
  return {
    kind: 'safety',
    ...(purpose && { purpose }),
    // A note is a person's, and keeps it.
    note: '',
    consistency: 'stopped',
    ...recordedUsers(users),
    frozenMs: 0,
  };
}
