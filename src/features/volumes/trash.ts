import { isTrash } from '../../core/retention';
import type { SnapshotEntry } from '../../core/snapshotEntry';
import { settings } from '../../ui/settings';

const dayMs = 86_400_000;

/** Until when a volume can be brought back whose newest snapshot this is; undefined when that does not end by itself. */
export function trashedUntil(newest: SnapshotEntry | undefined): Date | undefined {
  if (!newest || !isTrash(newest.purpose) || newest.note !== '') return undefined;
  return new Date(Date.parse(newest.time) + settings.retention().trashDays * dayMs);
}
