import type { AgentSession } from '../agentClient/session';
import type { PassResult } from '../agentProtocol';
import type { Container, Volume, Watchdog } from '../engine';
import { Failure } from '../failure';
import type { Consistency, SnapshotEntry } from '../snapshotEntry';
import { ask } from './ask';
import { waitUntilUp, type Started } from './comingUp';
import { openHelper } from './openHelper';
import { whilePaused } from './freeze';
import type { Host, Run } from './run';
import { pausable, refuseUse, runningWriters, stoppable } from './users';
import { whileStopped } from './whileStopped';

export interface SnapshotVolumeRequest {
  /** Name of an existing volume. */
  volume: string;
  note: string;
  consistency: Consistency;
  git?: { branch: string; commit: string };
}

/**
 * Takes a snapshot in two passes: one while the app runs, which does the bulk of the work, and one while the containers
 * that use the volume are frozen, for what changed since. Without running containers one pass is enough.
 */
export async function snapshotVolume(host: Host, request: SnapshotVolumeRequest, run: Run): Promise<SnapshotEntry> {
  const { engine } = host;
  const volume = await engine.inspectVolume(request.volume, run.signal);
  const freezing = request.consistency !== 'live';
  const writers = await runningWriters(engine, volume, run.signal);
  // Refuses what cannot be frozen before anything is started; the watchdog starts up beside the first pass.
  if (freezing) await freezable(host, request.consistency, writers, run);
  using watchdog = freezing && writers.length > 0 ? host.startWatchdog() : undefined;

  await using helper = await openHelper(
    engine,
    { operation: 'snapshot', lock: volume.name, volume: { spec: volume, readOnly: true }, store: true },
    run,
  );
  const first = await ask(helper, 'snapshot.begin', { volume }, run);
  // The first pass may have taken long: who is frozen are the writers of now.
  const users = await runningWriters(engine, volume, run.signal);
  const second =
    freezing && users.length > 0
      ? await secondPass(host, { volume, users, request, first, helper, watchdog }, run)
      : undefined;
  const entry = await ask(
    helper,
    'snapshot.commit',
    {
      kind: 'user',
      note: request.note,
      consistency: users.length === 0 ? 'stopped' : request.consistency,
      users: users.map(({ name, image }) => ({ name, image })),
      frozenMs: second?.frozenMs ?? 0,
      ...(request.git && { git: request.git }),
    },
    run,
  );
  countSnapshot(run, entry, second ? [first, second.result] : [first]);
  await helper.finish();
  await waitUntilUp(host, second?.restarted ?? [], run);
  return entry;
}

/** What a snapshot moved into the store, and what it found unchanged there. */
export function countSnapshot(run: Run, entry: SnapshotEntry, passes: readonly PassResult[]): void {
  const filesMoved = passes.reduce((sum, pass) => sum + pass.copiedFiles, 0);
  run.count({
    filesMoved,
    filesSkipped: Math.max(0, entry.files - filesMoved),
    bytesMoved: entry.addedBytes,
    bytesSkipped: Math.max(0, entry.totalBytes - entry.addedBytes),
  });
}

interface SecondPass {
  volume: Volume;
  users: readonly Container[];
  request: SnapshotVolumeRequest;
  first: PassResult;
  helper: AgentSession;
  /** Absent when nothing wrote to the volume before the first pass. */
  watchdog: Watchdog | undefined;
}

async function secondPass(
  host: Host,
  { volume, users, request, first, helper, watchdog: early }: SecondPass,
  run: Run,
): Promise<{ result: PassResult; frozenMs: number; restarted?: Started[] }> {
  checkEstimate(first, host.settings.freezeBudgetMs);
  using late = early ? undefined : host.startWatchdog();
  const freeze = { operation: 'snapshot', volumes: [volume], watchdog: early ?? late! } as const;
  const again = (signal = run.signal) => ask(helper, 'snapshot.again', {}, run, signal);
  if (request.consistency === 'paused') {
    return whilePaused(host, { ...freeze, containers: pausable(host.engine, users) }, run, again);
  }
  const containers = await stoppable(host.engine, users, run.signal);
  return whileStopped(host, { ...freeze, containers }, run, async () => {
    const pass = await again();
    await refuseUse(host.engine, volume);
    return pass;
  });
}

async function freezable(host: Host, consistency: Consistency, users: readonly Container[], run: Run): Promise<void> {
  if (consistency === 'paused') pausable(host.engine, users);
  else await stoppable(host.engine, users, run.signal);
}

/** The freeze takes one scan and the last second's changes: a scan that alone is over the budget cannot succeed. */
function checkEstimate(first: PassResult, budgetMs: number): void {
  if (first.scanMs > budgetMs) throw new Failure('freezeOverBudget', { seconds: budgetMs / 1000 });
}
