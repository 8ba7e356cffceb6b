import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { startAgentSession } from '../../src/core/agentClient/client';
import type { HelperRequest, Volume } from '../../src/core/engine';
import { Failure } from '../../src/core/failure';
import { KeptReports } from '../../src/core/recovery/keptReports';
import { nothingRecovered } from '../../src/core/recovery/report';
import type { SnapshotRequest } from '../../src/core/snapshotEntry';
import type { DockerEngine } from '../../src/engine';
import { tellKept } from '../../src/features/connection/recovery';
import { never } from '../fixtures/engine';
import { activated, connectLikeExtension, run, snapshotsOf, until, volumeNode } from './extension';
import { Person } from './person';

describe('a switch that was interrupted', () => {
  it('is finished at the next connection, which leaves a timing record', async () => {
    const api = await activated();
    await using test = await connectLikeExtension();
    const volume = await test.createVolume();
    const write = (text: string) => test.run(volume, ['sh', '-c', `printf ${text} > /data/file`]);
    await write('good');
    await run('snapshot', await volumeNode(api, volume.name));
    const [snapshot] = await snapshotsOf(api, volume.name);
    await write('damaged');
    await prepareAndDie(await test.connectAgain(startAgentSession), volume, snapshot!.entry.id);
    using person = new Person();
    await run('reconnect');
    await until(() => person.heard.length > 0);
    assert.equal(person.last, `An interrupted restore was finished: ${volume.name}.`);
    assert.equal((await test.run(volume, ['cat', '/data/file'])).toString(), 'good');
    const record = (await api.timings()).at(-1);
    assert.deepEqual([record?.kind, record?.volume, record?.outcome], ['recovery', volume.name, 'done']);
    assert.deepEqual([record?.filesMoved, record?.bytesMoved], [1, 4]);
    assert.ok(record?.phases.some(({ name, ms }) => name === 'switch' && ms > 0));
    // Nothing is left to be put right: no further record.
    await run('reconnect');
    await run('computeSize', await volumeNode(api, volume.name));
    const kinds = (await api.timings()).slice(-2).map(({ kind }) => kind);
    assert.deepEqual(kinds, ['recovery', 'size']);
  });

  /** As a restore whose helper is killed when its switch is prepared. */
  async function prepareAndDie(engine: DockerEngine, volume: Volume, snapshot: string): Promise<void> {
    const request = { operation: 'restore', lock: volume.name, volume: { spec: volume, readOnly: false }, store: true };
    await using helper = await engine.openHelper(request as HelperRequest, never);
    await helper.request('snapshot.begin', { volume }, { signal: never });
    const safety: SnapshotRequest = { kind: 'safety', note: '', consistency: 'stopped', users: [], frozenMs: 0 };
    const goal = { source: volume.name, snapshot, target: volume };
    await helper.request('restore.prepare', { ...goal, safety }, { signal: never });
    await engine.connection.wire.call((docker) => docker.getContainer(engine.helperName(volume.name)).kill());
  }
});

describe('what a watchdog had to put right', () => {
  let folder: string;
  let log: vscode.LogOutputChannel;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reports-'));
    log = vscode.window.createOutputChannel('recovery test', { log: true });
  });
  after(async () => {
    log.dispose();
    await rm(folder, { recursive: true });
  });

  const reports = () => new KeptReports(folder);
  const killed = {
    ...nothingRecovered(),
    finished: ['data'],
    undone: ['cache'],
    notDone: ['queue'],
    restarted: ['web', 'db'],
  };
  const words =
    'An interrupted restore was finished: data. An interrupted restore was taken back, what it had changed is as before: cache. An interrupted restore was not carried out, it had not changed anything yet: queue. Containers that had been frozen run again: web, db.';

  it('is told once, by the next window to open', async () => {
    await reports().keep(killed);
    using person = new Person();
    const windows = [tellKept(reports(), log), tellKept(reports(), log)];
    await until(() => person.heard.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.deepEqual(person.heard, [words]);
    for (const window of windows) window.dispose();
  });

  it('is told by a window that is open already, with what could not be put right', async () => {
    using person = new Person();
    const window = tellKept(reports(), log);
    const failures = [new Failure('volumeNotMountable', { volume: 'data', reason: 'no share' })];
    await reports().keep({ ...killed, failures });
    await until(() => person.heard.length > 1);
    const failed = 'Recovery failed: The engine cannot mount volume “data”: no share';
    assert.deepEqual(person.heard, [failed, words]);
    window.dispose();
  });
});
