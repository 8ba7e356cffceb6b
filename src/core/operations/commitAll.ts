import type { AgentSession } from '../agentClient/session';
import type { Volume } from '../engine';
import type { SnapshotEntry, SnapshotRequest } from '../snapshotEntry';
import { ask } from './ask';
import { inParallel } from './inParallel';
import type { Run } from './run';

/** One volume of a snapshot, with the agent beside its data. */
export interface Member {
  volume: Volume;
  helper: AgentSession;
}

/**
 * Prepares the commits of volumes that nobody used, and finds those among them that were not still: a container that came
 * and went since the last pass began was seen by nobody. The passes of all have ended before, and all looks begin after
 * that: when none has changed, that is one moment of them all.
 */
export async function findRestless(
  unused: readonly Member[],
  requestFor: (member: Member) => SnapshotRequest,
  run: Run,
): Promise<ReadonlySet<Member>> {
  const looks = await inParallel(unused, run, (member, part) =>
    ask(member.helper, 'snapshot.prepare', requestFor(member), part),
  );
  return new Set(unused.filter((_, i) => !looks[i]!.isStill));
}

/** All or none: those that are committed when another one fails are deleted again. */
export async function commitAll(
  members: readonly Member[],
  requestFor: (member: Member) => SnapshotRequest,
  run: Run,
): Promise<SnapshotEntry[]> {
  const committed = new Map<Member, SnapshotEntry>();
  try {
    return await inParallel(members, run, async (member, part) => {
      const entry = await ask(member.helper, 'snapshot.commit', requestFor(member), part);
      committed.set(member, entry);
      return entry;
    });
  } catch (error) {
    const signal = new AbortController().signal;
    const undo = [...committed].map(([{ volume, helper }, { id }]) =>
      helper.request('snapshot.delete', { volume: volume.name, snapshot: id }, { signal }),
    );
    await Promise.allSettled(undo);
    throw error;
  }
}
