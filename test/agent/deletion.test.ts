import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { deleteSnapshots } from '../../src/agent/operations/cleaning';
import { Pace } from '../../src/agent/pace';
import { isFailure, type FailureCode } from '../../src/core/failure';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import { useDisk } from './disk';
import { assertSameTree, describeTree, never, Sandbox, specOf } from './sandbox';

const failsWith = (code: FailureCode) => (error: unknown) => isFailure(error, code);

describe('a snapshot that is deleted while another volume is restored from it', function () {
  this.timeout(60_000);
  const disk = useDisk('ext4', 256);
  const other = specOf('other_data');

  async function taken() {
    const box = new Sandbox(disk.path);
    box.write('file');
    const snapshot = await box.snapshot();
    return { box, snapshot, content: describeTree(box.volume), catalog: box.catalog() };
  }

  const goalOf = (box: Sandbox, { id }: SnapshotEntry) => ({ source: box.spec.name, snapshot: id, target: other });
  const pendingFile = (box: Sandbox) => path.join(box.store, 'volumes', other.name, 'pending.json');

  function writePending(box: Sandbox, snapshot: SnapshotEntry): void {
    const pending = { format: 1, ...goalOf(box, snapshot), root: 'x', startedAt: new Date().toISOString() };
    fs.mkdirSync(path.dirname(pendingFile(box)), { recursive: true });
    fs.writeFileSync(pendingFile(box), JSON.stringify(pending));
  }

  /** A deletion up to where the snapshot is no longer among the others, and not further. */
  function setAside(box: Sandbox, { id }: SnapshotEntry): void {
    const [folder, marker] = [
      path.join(box.store, 'volumes', box.spec.name),
      `${box.spec.name}@deleted-${id}.incoming`,
    ];
    fs.writeFileSync(path.join(box.store, 'catalog', marker), box.spec.name);
    fs.renameSync(path.join(folder, 'snapshots', id), path.join(folder, 'incoming', `deleted-${id}`));
  }

  it('stays when the restore has begun to need it since the deletion asked', async () => {
    const { box, snapshot, content, catalog } = await taken();
    const pace = new Pace(never, ({ critical }) => {
      if (critical) writePending(box, snapshot);
    });
    await assert.rejects(deleteSnapshots(box.store, box.spec.name, [snapshot.id], pace), failsWith('restorePending'));
    assert.deepEqual([box.stored('incoming'), box.catalog()], [[], catalog]);
    assertSameTree(await box.contentOf(snapshot), content);
  });

  it('is not restored any more when the deletion has asked before the restore needed it', async () => {
    const { box, snapshot } = await taken();
    const volume = fs.mkdtempSync(path.join(disk.path, 'other-'));
    await box.withAgent(async (agent) => {
      await agent.request('restore.check', goalOf(box, snapshot), { signal: never });
      setAside(box, snapshot);
      const prepared = agent.request('restore.prepare', goalOf(box, snapshot), { signal: never });
      await assert.rejects(prepared, failsWith('snapshotNotFound'));
    }, volume);
    assert.ok(!fs.existsSync(pendingFile(box)));
    await box.ask('store.clean', { volume: box.spec.name });
    assert.deepEqual([box.objectFiles(), box.catalog()], [[], []]);
  });

  for (const [end, clean] of [
    ['a cleaning', (box: Sandbox) => box.ask('store.clean', { volume: box.spec.name })],
    ['the next deletion', async (box: Sandbox) => void (await box.delete(await box.snapshot()))],
  ] as const) {
    it(`comes back with ${end} when the deletion died before it had asked`, async () => {
      const { box, snapshot, content, catalog } = await taken();
      setAside(box, snapshot);
      writePending(box, snapshot);
      await clean(box);
      assert.deepEqual([box.stored('incoming'), box.catalog()], [[], catalog]);
      assertSameTree(await box.contentOf(snapshot), content);
    });
  }
});
