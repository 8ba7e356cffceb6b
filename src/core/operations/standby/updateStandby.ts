import { Failure, isFailure } from '../../failure';
import type { LastUpdate } from '../../standby/standby';
import { ask } from '../ask';
import { openHelper } from '../openHelper';
import { onOther } from '../otherEngine';
import type { Host, Run } from '../run';
import { syncToEngine } from '../syncToEngine';
import { runningUsers } from '../users';

/** The two engines of a standby, and the names of its volumes there. */
export interface Pair {
  primary: { host: Host; volume: string };
  standby: { host: Host; volume: string };
  /** The update before, whose snapshots are not needed any more after the next one. */
  last?: LastUpdate | undefined;
  /** What the standby holds may be in no other place: the safety snapshot of it stays as any other. */
  keepsSafety?: boolean;
  /** Of zstd, on the way. */
  level: number;
}

/**
 * Makes a standby equal to its primary, as a sync does. What runs on the standby is never stopped for it: then both sides are
 * in use, and that is refused with standbyInUse.
 */
export async function updateStandby(pair: Pair, run: Run): Promise<LastUpdate> {
  const { primary, standby, last, level } = pair;
  await refuseUsed(pair, run);
  const request = { source: primary.volume, target: standby.volume, level };
  const { snapshot, copy, restored } = await syncToEngine(primary.host, standby.host, request, run);
  if (last) await forget(pair, last, run);
  const at = new Date().toISOString();
  const safety = restored?.volumes[0]?.safety;
  // Of what somebody has written there meanwhile, it is the only copy.
  const isNeeded = pair.keepsSafety || !last || (safety?.addedBytes ?? 0) > 0;
  const ids = { source: snapshot.id, copy: copy.id, ...(safety && !isNeeded && { safety: safety.id }) };
  return { time: snapshot.time, at, ...ids };
}

export async function refuseUsed({ primary, standby }: Pair, run: Run): Promise<void> {
  const { host, volume } = standby;
  const users = await onOther(host, async () => {
    try {
      return await runningUsers(host.engine, [await host.engine.inspectVolume(volume, run.signal)], run.signal);
    } catch (error) {
      if (isFailure(error, 'volumeNotFound')) return [];
      throw error;
    }
  });
  if (users.length === 0) return;
  const containers = users.map(({ name }) => name);
  const engines = { engine: host.engine.name, primary: primary.host.engine.name };
  throw new Failure('standbyInUse', { volume, containers, ...engines });
}

/** What the last update left on both sides; of this one, the same is kept. What cannot be deleted goes by age. */
async function forget({ primary, standby }: Pair, { source, copy, safety }: LastUpdate, run: Run): Promise<void> {
  await deleteQuietly(primary, [source], run);
  await deleteQuietly(standby, [...(safety === undefined ? [] : [safety]), copy], run);
}

async function deleteQuietly({ host, volume }: Pair['primary'], snapshots: readonly string[], run: Run): Promise<void> {
  try {
    await using helper = await openHelper(host.engine, { operation: 'retention', lock: volume, store: true }, run);
    for (const snapshot of snapshots) {
      await ask(helper, 'snapshot.delete', { volume, snapshot }, run).catch((error: unknown) => {
        if (!isFailure(error, 'snapshotNotFound', 'restorePending')) throw error;
      });
    }
    await helper.finish();
  } catch (error) {
    if (!isFailure(error)) throw error;
  }
}
