import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { AgentSession } from '../../src/core/agentClient/session';
import type { VolumeEngine } from '../../src/core/engine';
import type { Host, Run } from '../../src/core/operations';
import { transfer, type Transferred } from '../../src/core/operations/transfer';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import { recordOperation } from '../../src/core/timings/recorder';
import type { TimingRecord } from '../../src/core/timings/record';
import { catalogFrom } from '../../src/engine/catalog';
import { startAgent, type RunningAgent } from './agentProcess';
import { never, type Sandbox } from './sandbox';

interface Options {
  signal?: AbortSignal;
  /** Sees how many bytes the source's agent has said, whenever it says more. */
  onTold?: (bytes: number, agents: { source: RunningAgent; sink: RunningAgent }) => void;
}

/** A transfer between two sandboxes, each of which stands for an engine: with real agents, and without helpers around them. */
export async function transferred(
  from: Sandbox,
  to: Sandbox,
  snapshot: SnapshotEntry,
  { signal = never, onTold }: Options = {},
): Promise<Transferred & { record: TimingRecord }> {
  const agents: Partial<Record<'source' | 'sink', RunningAgent>> = {};
  const watch = setInterval(() => {
    const { source, sink } = agents;
    if (source && sink) onTold?.(source.toldBytes(), { source, sink });
  }, 1);
  const hostOf = (box: Sandbox, side: 'source' | 'sink') =>
    ({ engine: engineOf(box, (agent) => (agents[side] = agent)) }) as Host;
  let record: TimingRecord | undefined;
  const save = async (saved: TimingRecord) => void (record = saved);
  const recording = { kind: 'sync', volume: '', engine: '', signal, save } as const;
  try {
    const done = await recordOperation(recording, (run: Run) =>
      transfer(hostOf(from, 'source'), hostOf(to, 'sink'), { snapshot, target: to.spec, level: 1 }, run),
    );
    return { ...done, record: record! };
  } finally {
    clearInterval(watch);
  }
}

function engineOf(box: Sandbox, onAgent: (agent: RunningAgent) => void): VolumeEngine {
  const openHelper = async (): Promise<AgentSession> => {
    const agent = await startAgent({ store: box.store, volume: box.volume });
    onAgent(agent);
    return agent.session;
  };
  const readCatalog = () => {
    const at = path.join(box.store, 'catalog');
    const names = fs.existsSync(at) ? fs.readdirSync(at) : [];
    const files = new Map(names.map((name) => [`catalog/${name}`, fs.readFileSync(path.join(at, name))]));
    return Promise.resolve(catalogFrom(files, () => {}));
  };
  const listVolumes = () => Promise.resolve([]);
  return {
    id: box.store,
    name: path.basename(box.store),
    openHelper,
    readCatalog,
    listVolumes,
  } as unknown as VolumeEngine;
}

/** The same files with the same metadata, made by other means. */
export function copyTree(from: Sandbox, to: Sandbox): void {
  execFileSync('cp', ['-a', `${from.volume}/.`, to.volume]);
}
