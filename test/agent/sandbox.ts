import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { AgentSession } from '../../src/core/agentClient/session';
import type { AgentMethod, AgentMethods, Progress, RestoreGoal, SwitchResult } from '../../src/core/agentProtocol';
import type { SnapshotEntry, SnapshotRequest, VolumeSpec } from '../../src/core/snapshotEntry';
import { startAgent } from './agentProcess';

const fixtures = path.resolve('test/fixtures');
export const never = new AbortController().signal;

export function specOf(name: string, createdAt = '2026-01-01T00:00:00Z'): VolumeSpec {
  return { name, createdAt, driver: 'local', labels: {}, options: {} };
}

export const request: SnapshotRequest = { kind: 'user', note: '', consistency: 'live', users: [], frozenMs: 0 };

/** A store and a volume, as folders; agents work on them one at a time. */
export class Sandbox {
  readonly store: string;
  readonly volume: string;
  spec = specOf('app_data');

  constructor(
    readonly base: string,
    storeBase = base,
  ) {
    this.volume = fs.mkdtempSync(path.join(base, 'volume-'));
    this.store = fs.mkdtempSync(path.join(storeBase, 'store-'));
    fs.chmodSync(this.volume, 0o755);
  }

  file(name: string): string {
    return path.join(this.volume, name);
  }

  write(name: string, content: string | Buffer = `content of ${name}`): void {
    fs.mkdirSync(path.dirname(this.file(name)), { recursive: true });
    fs.writeFileSync(this.file(name), content);
  }

  /** Runs an agent for the length of `work` and sees to a good end of it. */
  async withAgent<T>(work: (session: AgentSession) => Promise<T>, volume = this.volume): Promise<T> {
    const { session } = await startAgent({ store: this.store, volume });
    await using _ = session;
    const result = await work(session);
    await session.finish();
    return result;
  }

  ask<M extends AgentMethod>(
    method: M,
    params: AgentMethods[M]['params'],
    options: { signal?: AbortSignal; onProgress?: (progress: Progress) => void } = {},
  ): Promise<AgentMethods[M]['result']> {
    return this.withAgent((agent) => agent.request(method, params, { signal: never, ...options }));
  }

  /** `between` runs after the first pass; without it there is one pass only. */
  snapshot(
    between?: () => void | Promise<void>,
    about: Partial<SnapshotRequest> = {},
  ): Promise<SnapshotEntry & { copiedFiles: number }> {
    return this.withAgent(async (agent) => {
      let { copiedFiles } = await agent.request('snapshot.begin', { volume: this.spec }, { signal: never });
      if (between) {
        await between();
        copiedFiles = (await agent.request('snapshot.again', {}, { signal: never })).copiedFiles;
      }
      const entry = await agent.request('snapshot.commit', { ...request, ...about }, { signal: never });
      return { ...entry, copiedFiles };
    });
  }

  restore(snapshot: { id: string }, options: RestoreOptions = {}): Promise<SwitchResult> {
    return this.withAgent((agent) => restoreWith(agent, this.goal(snapshot), options));
  }

  goal({ id }: { id: string }): RestoreGoal {
    return { source: this.spec.name, snapshot: id, target: this.spec };
  }

  delete({ id }: { id: string }) {
    return this.ask('snapshot.delete', { volume: this.spec.name, snapshot: id });
  }

  /** Makes a snapshot a plain tree of its own, as a restore to a new volume does; returns the folder. */
  async materialise({ id }: { id: string }): Promise<string> {
    const folder = fs.mkdtempSync(path.join(this.base, 'materialised-'));
    const target = specOf(path.basename(folder));
    const goal = { source: this.spec.name, snapshot: id, target };
    await this.withAgent((agent) => restoreWith(agent, goal), folder);
    return folder;
  }

  async contentOf(snapshot: { id: string }): Promise<string> {
    const folder = await this.materialise(snapshot);
    const content = describeTree(folder);
    fs.rmSync(folder, { recursive: true });
    return content;
  }

  /** Names in a folder of the volume's part of the store; none when it is not there. */
  stored(folder: 'objects' | 'snapshots' | 'incoming'): string[] {
    const at = path.join(this.store, 'volumes', this.spec.name, folder);
    return fs.existsSync(at) ? fs.readdirSync(at) : [];
  }

  objectFiles(): string[] {
    const at = path.join(this.store, 'volumes', this.spec.name, 'objects');
    return fs.existsSync(at) ? files(at) : [];
  }

  catalog(): string[] {
    return fs.readdirSync(path.join(this.store, 'catalog')).sort();
  }
}

export interface RestoreOptions {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /** Takes a safety snapshot first; runs between its pass and its commit. */
  afterSafetyPass?: () => void;
  beforeSwitch?: () => void;
}

/** A restore as the host asks for it. */
export async function restoreWith(
  agent: AgentSession,
  goal: RestoreGoal,
  { signal = never, onProgress, afterSafetyPass, beforeSwitch }: RestoreOptions = {},
): Promise<SwitchResult> {
  const options = { signal, ...(onProgress && { onProgress }) };
  if (afterSafetyPass) {
    await agent.request('snapshot.begin', { volume: goal.target }, options);
    afterSafetyPass();
  }
  const safety = afterSafetyPass && { ...request, kind: 'safety' as const };
  await agent.request('restore.prepare', { ...goal, ...(safety && { safety }) }, options);
  beforeSwitch?.();
  return agent.request('restore.switch', {}, options);
}

function files(folder: string): string[] {
  const all = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return all.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

export function runFixture(script: string, ...args: string[]): string {
  const output = execFileSync('python3', [path.join(fixtures, script), ...args], { maxBuffer: 1 << 30 });
  return output.toString('latin1');
}

/** What a tree holds, told by other code than ours. Sockets are left out, as by a snapshot. */
export function describeTree(folder: string): string {
  const lines = runFixture('tree-manifest.py', folder).split('\n');
  const kept = lines.filter((line) => !line.includes('"type": "socket"'));
  return kept.map((line) => line.replace(/"blocks": \d+, /, '')).join('\n');
}

/** Compares line by line, for a readable message. */
export function assertSameTree(actual: string, expected: string): void {
  assert.deepEqual(actual.split('\n'), expected.split('\n'));
}
