import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { Failure } from '../../src/core/failure';
import { KeptReports } from '../../src/core/recovery/keptReports';
import { nothingRecovered } from '../../src/core/recovery/report';
import { tellKept } from '../../src/features/connection/recovery';
import { until } from './extension';
import { Person } from './person';

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
  const killed = { ...nothingRecovered(), finished: ['data'], restarted: ['web', 'db'] };
  const words = 'An interrupted restore was finished: data. Containers that had been frozen run again: web, db.';

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
