import type { AgentSession } from '../agentClient/session';
import type { PassResult } from '../agentProtocol';
import type { Container, ContainerDetails, Volume, VolumeEngine, Watchdog } from '../engine';
import { Failure } from '../failure';
import type { Consistency, SnapshotEntry } from '../snapshotEntry';
import { ask } from './ask';
import { waitUntilUp, type Started } from './comingUp';
import { consistencyAsked, consistencyGot, recordedUsers } from './consistency';
import { findHooks, runHooks, type Hooked } from './hooks';
import { inspectAll } from './inspectAll';
import { openHelper } from './openHelper';
import type { Host, Run } from './run';
import { pausable, refuseUse, runningWriters, stoppable } from './users';
import { whilePaused } from './whilePaused';
import { whileStopped } from './whileStopped';

export interface SnapshotVolumeRequest {
  /** Name of an existing volume. */
  volume: string;
  note: string;
  /** Chosen for this once; else the volume's label decides, else the setting. */
  consistency?: Consistency;
  git?: { branch: string; commit: string };
}

/**
 * Takes a snapshot in two passes: one while the app runs, which does the bulk of the work, and one while the containers
 * that use the volume are frozen, for what changed since. Without running containers one pass is enough.
 */
export async function snapshotVolume(host: Host, request: SnapshotVolumeRequest, run: Run): Promise<SnapshotEntry> {
  const { engine } = host;
  const volume = await engine.inspectVolume(request.volume, run.signal);
  const asked = consistencyAsked(host, volume, request.consistency, run);
  const hooksIn = (containers: readonly ContainerDetails[]) =>
    asked === 'application' ? findHooks(engine, containers, [volume], run.signal) : [];
  const writers = await writersOf(engine, volume, run);
  // Refuses what cannot be frozen before anything is started; the watchdog starts up beside the first pass.
  if (asked !== 'live') await freezable(host, asked, writers, run);
  const prepared = await hooksIn(writers);
  using watchdog = asked !== 'live' && writers.length > 0 ? host.startWatchdog() : undefined;

  await using helper = await openHelper(
    engine,
    { operation: 'snapshot', lock: volume.name, volume: { spec: volume, readOnly: true }, store: true },
    run,
  );
  await runHooks(engine, prepared, 'prepare', run);
  const first = await ask(helper, 'snapshot.begin', { volume }, run);
  // The first pass may have taken long: who is frozen are the writers of now.
  const users = await writersOf(engine, volume, run);
  const hooked = await hooksIn(users);
  const second =
    asked !== 'live' && users.length > 0
      ? await secondPass(host, { volume, users, hooked, asked, first, helper, watchdog }, run)
      : undefined;
  const entry = await ask(
    helper,
    'snapshot.commit',
    {
      kind: 'user',
      note: request.note,
      ...consistencyGot(asked, users, hooked),
      ...recordedUsers(users, hooked),
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

async function writersOf(engine: VolumeEngine, volume: Volume, run: Run): Promise<ContainerDetails[]> {
  return inspectAll(engine, await runningWriters(engine, volume, run.signal), run.signal);
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
  users: readonly ContainerDetails[];
  hooked: readonly Hooked[];
  asked: Consistency;
  first: PassResult;
  helper: AgentSession;
  /** Absent when nothing wrote to the volume before the first pass. */
  watchdog: Watchdog | undefined;
}

async function secondPass(
  host: Host,
  { volume, users, hooked, asked, first, helper, watchdog: early }: SecondPass,
  run: Run,
): Promise<{ result: PassResult; frozenMs: number; restarted?: Started[] }> {
  checkEstimate(first, host.settings.freezeBudgetMs);
  using late = early ? undefined : host.startWatchdog();
  const freeze = { operation: 'snapshot', volumes: [volume], watchdog: early ?? late! } as const;
  const again = (signal = run.signal) => ask(helper, 'snapshot.again', {}, run, signal);
  if (asked !== 'stopped') {
    return whilePaused(
      host,
      { ...freeze, containers: await pausable(host.engine, users, run.signal), hooked },
      run,
      again,
    );
  }
  const containers = await stoppable(host.engine, users, run.signal);
  return whileStopped(host, { ...freeze, containers }, run, async () => {
    const pass = await again();
    await refuseUse(host.engine, volume);
    return pass;
  });
}

async function freezable(host: Host, consistency: Consistency, users: readonly Container[], run: Run): Promise<void> {
  if (consistency !== 'stopped') await pausable(host.engine, users, run.signal);
  else await stoppable(host.engine, users, run.signal);
}

/** The freeze takes one scan and the last second's changes: a scan that alone is over the budget cannot succeed. */
function checkEstimate(first: PassResult, budgetMs: number): void {
  if (first.scanMs > budgetMs) throw new Failure('freezeOverBudget', { seconds: budgetMs / 1000 });
}
