import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAgentSession } from '../../src/core/agentClient/client';
import { isFailure } from '../../src/core/failure';
import * as operations from '../../src/core/operations';
import type { Consistency, SnapshotEntry } from '../../src/core/snapshotEntry';
import { recordOperation } from '../../src/core/timings/recorder';
import { connectEngine, startWatchdog, type DockerEngine } from '../../src/engine';
import { builtAgent, dist, never } from '../fixtures/engine';
import { announceDecision, recordStillTrees, type StillTrees } from '../fixtures/killing/ownerWatched';

export interface OwnerOrder {
  namespace: string;
  volume: string;
  /** Restores it; a snapshot of the volume is taken when absent. */
  restore?: SnapshotEntry;
  /** Restored together with it, to the volumes they are of. */
  alsoRestore?: SnapshotEntry[];
  /** Makes it of this folder of a container. */
  persist?: { container: string; path: string };
  /** Gives this container its place back. */
  undoPersist?: string;
  /** Says `halted` when the engine has done this for it, and goes no further. */
  haltAfter?: 'renameContainer' | 'createLike' | 'start' | 'stop';
  /** Makes it equal to this other volume. */
  syncFrom?: string;
  /** Of the snapshot; `paused` when absent. */
  consistency?: Consistency;
  freezeBudgetMs: number;
  stopGraceSeconds?: number;
  /** Folder for the watchdog's report. */
  reports: string;
  /** How long containers stay paused before the snapshot goes on: time to be met in. */
  dawdleMs?: number;
  /** Notes what the volume holds while its containers stand still. */
  still?: StillTrees;
}

/**
 * An owner that can be killed: one operation in a process of its own; prints `begun`, each phase, `paused` when a container
 * is, `deciding` when restores of several volumes are about to be decided on, and at the end `done` or the failure.
 */
async function main(): Promise<void> {
  const order = JSON.parse(process.argv[2] ?? '') as OwnerOrder;
  const owner = { host: os.hostname(), pid: process.pid };
  const connect = { engine: process.env['DOCKER_HOST'] ?? '', agent: builtAgent, owner, log: () => {} };
  const engine = await connectEngine(
    { ...connect, startSession: startAgentSession, namespace: order.namespace },
    never,
  );
  watchPauses(engine, order.dawdleMs ?? 0);
  if (order.haltAfter) haltAfter(engine, order.haltAfter);
  announceDecision(engine, () => console.log('deciding'));
  if (order.still) recordStillTrees(engine, order.still);
  const host: operations.Host = {
    engine,
    owner,
    startWatchdog: () => startWatchdog({ script: path.join(dist, 'watchdog.js'), engine, reports: order.reports }),
    tellRecovered: () => {},
    confirmLongFreeze: async () => true, // on a busy machine any freeze looks long
    settings: {
      consistency: 'paused',
      freezeBudgetMs: order.freezeBudgetMs,
      stopGraceSeconds: order.stopGraceSeconds ?? 1,
      healthWaitMs: 0,
    },
  };
  console.log('begun');
  await carryOut(host, order);
  console.log('done');
  engine.dispose();
}

function watchPauses(engine: DockerEngine, dawdleMs: number): void {
  const pause = engine.pause.bind(engine);
  engine.pause = async (id) => {
    await pause(id);
    console.log('paused');
    await sleep(dawdleMs);
  };
}

function haltAfter(engine: DockerEngine, method: NonNullable<OwnerOrder['haltAfter']>): void {
  const own = engine[method].bind(engine) as (...args: unknown[]) => Promise<unknown>;
  const halting = async (...args: unknown[]) => {
    await own(...args);
    console.log('halted');
    await sleep(600_000);
  };
  Object.assign(engine, { [method]: halting });
}

async function carryOut(host: operations.Host, order: OwnerOrder): Promise<void> {
  const { volume, restore: snapshot, alsoRestore = [], syncFrom: source, consistency = 'paused' } = order;
  const { persist, undoPersist: replaced } = order;
  let last = '';
  const onProgress = ({ phase }: { phase: string }) => {
    if (phase !== last) console.log((last = phase));
  };
  const recording = { volume, engine: 'test', signal: never, save: async () => {}, onProgress };
  if (persist) {
    const spec = { name: volume, driver: 'local', labels: {}, options: {} };
    await recordOperation({ ...recording, kind: 'persist' }, (run) =>
      operations.persist(host, { ...persist, spec }, run),
    );
  } else if (replaced !== undefined) {
    await recordOperation({ ...recording, kind: 'undoPersist' }, (run) =>
      operations.undoPersist(host, { replaced }, run),
    );
  } else if (source !== undefined) {
    await recordOperation({ ...recording, kind: 'sync' }, (run) =>
      operations.syncVolume(host, { source, target: volume, evenSo: true }, run),
    );
  } else if (snapshot) {
    const others = alsoRestore.map((other) => ({ snapshot: other, volume: other.volume.name }));
    await recordOperation({ ...recording, kind: 'restore' }, (run) =>
      operations.restoreSnapshots(host, [{ snapshot, volume }, ...others], run),
    );
  } else {
    await recordOperation({ ...recording, kind: 'snapshot' }, (run) =>
      operations.snapshotVolume(host, { volume, note: '', consistency }, run),
    );
  }
}

main().catch((error: unknown) => {
  if (!isFailure(error)) console.error(error);
  console.log(isFailure(error) ? error.code : String(error));
  process.exitCode = 1;
});
