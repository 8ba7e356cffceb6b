import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Failure } from '../../src/core/failure';
import { KeptReports } from '../../src/core/recovery/keptReports';
import type { RecoveryReport } from '../../src/core/recovery/report';

describe('a report that nobody could be told of', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'reports-'));
  const reports = new KeptReports(path.join(folder, 'kept'));
  after(() => rmSync(folder, { recursive: true }));

  const report: RecoveryReport = {
    restarted: ['web "1"'],
    finished: ['data'],
    undone: ['cache'],
    notDone: ['queue'],
    dropped: [],
    replaced: [],
    notReplaced: ['app'],
    trials: [],
    notUp: [{ container: 'db', why: 'refused', reason: 'port taken', log: ['password=canary'] }],
    failures: [new Failure('journalUnreadable', { journal: '{}' }), new Error('a bug')],
  };

  it('is kept with its failures, but nothing that a container wrote', async () => {
    assert.deepEqual(await reports.take(), [], 'there is not even a folder');
    await reports.keep(report);
    const [taken] = await reports.take();
    const notUp = [{ ...report.notUp[0], log: [] }];
    assert.deepEqual(taken, { ...report, notUp, failures: [report.failures[0], new Error('Error: a bug')] });
  });

  it('is told by one window only', async () => {
    await reports.keep(report);
    const windows = Array.from({ length: 8 }, () => new KeptReports(path.join(folder, 'kept')));
    const taken = await Promise.all(windows.map((window) => window.take()));
    assert.equal(taken.flat().length, 1);
  });

  it('is noticed by a window that is open', async () => {
    const noticed = new Promise<void>((resolve) => {
      const watch = reports.watch(() => (watch.dispose(), resolve()));
    });
    await reports.keep(report);
    await noticed;
    assert.equal((await reports.take()).length, 1);
  });

  it('does not keep others from being told when it cannot be read', async () => {
    writeFileSync(path.join(folder, 'kept', 'damaged.json'), '{');
    await reports.keep(report);
    assert.equal((await reports.take()).length, 1);
  });
});
