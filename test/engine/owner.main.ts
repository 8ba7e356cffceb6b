import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAgentSession } from '../../src/core/agentClient/client';
import { isFailure } from '../../src/core/failure';
import * as operations from '../../src/core/operations';
import type { Consistency, SnapshotEntry } from '../../src/core/snapshotEntry';
import { recordOperation } from '../../src/core/timings/recorder';
import { connectEngine, startWatchdog } from '../../src/engine';
import { builtAgent, dist, never } from '../fixtures/engine';

export interface OwnerOrder {
  namespace: string;
  volume: string;
  /** Restores it; a snapshot of the volume is taken when absent. */
  restore?: SnapshotEntry;
  /** Of the snapshot; `paused` when absent. */
  consistency?: Consistency;
  freezeBudgetMs: number;
  /** Folder for the watchdog's report. */
  reports: string;
  /** How long containers stay paused before the snapshot goes on: time to be met in. */
  dawdleMs?: number;
}

/**
 * An owner that can be killed: one operation in a process of its own; prints each phase, `paused` when a container is, and
 * at the end `done` or the failure.
 */
async function main(): Promise<void> {
  const order = JSON.parse(process.argv[2] ?? '') as OwnerOrder;
  const owner = { host: os.hostname(), pid: process.pid };
  const connect = { engine: process.env['DOCKER_HOST'] ?? '', agent: builtAgent, owner, log: () => {} };
  const engine = await connectEngine(
    { ...connect, startSession: startAgentSession, namespace: order.namespace },
    never,
  );
  const { dawdleMs = 0 } = order;
  const pause = engine.pause.bind(engine);
  engine.pause = async (id) => {
    await pause(id);
    console.log('paused');
    await sleep(dawdleMs);
  };
  const host: operations.Host = {
    engine,
    owner,
    startWatchdog: () => startWatchdog({ script: path.join(dist, 'watchdog.js'), engine, reports: order.reports }),
    tellRecovered: () => {},
    confirmLongFreeze: async () => false,
    settings: {
      consistency: 'paused',
      freezeBudgetMs: order.freezeBudgetMs,
      stopGraceSeconds: 1,
      healthWaitMs: 0,
    },
  };
  const { volume, restore: snapshot } = order;
  const recording = { volume, engine: 'test', signal: never, save: async () => {} };
  let last = '';
  const onProgress = ({ phase }: { phase: string }) => {
    if (phase !== last) console.log((last = phase));
  };
  await (snapshot
    ? recordOperation({ ...recording, onProgress, kind: 'restore' }, (run) =>
        operations.restoreSnapshots(host, [{ snapshot, volume }], run),
      )
    : recordOperation({ ...recording, onProgress, kind: 'snapshot' }, (run) =>
        operations.snapshotVolume(host, { volume, note: '', consistency: order.consistency ?? 'paused' }, run),
      ));
  console.log('done');
  engine.dispose();
}

main().catch((error: unknown) => {
  if (!isFailure(error)) console.error(error);
  console.log(isFailure(error) ? error.code : String(error));
  process.exitCode = 1;
});
