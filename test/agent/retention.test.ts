import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { isFailure } from '../../src/core/failure';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import { useDisk } from './disk';
import { assertSameTree, Sandbox } from './sandbox';

const policy = { keepDays: 7, keepCount: 1, maxDays: 60, trashDays: 30 };

describe('pruning safety snapshots', function () {
  const disk = useDisk('ext4', 256);

  /** Each has a file of its own, and shares one with all. */
  async function taken(...snapshots: { days: number; kind?: SnapshotEntry['kind'] }[]) {
    const box = new Sandbox(disk.path);
    box.write('shared');
    await new Promise((resolve) => setTimeout(resolve, 30));
    const entries: SnapshotEntry[] = [];
    for (const { days, kind = 'safety' } of snapshots) {
      box.write('own', `content of ${entries.length}`);
      entries.push(await box.snapshot(undefined, { kind }));
      backdate(box, entries.at(-1)!, days);
    }
    return { box, entries };
  }

  function entryFile(box: Sandbox, { id }: SnapshotEntry): string {
    return path.join(box.store, 'volumes', box.spec.name, 'snapshots', id, 'entry.json');
  }

  function backdate(box: Sandbox, entry: SnapshotEntry, days: number): void {
    const time = new Date(Date.now() - days * 86_400_000).toISOString();
    fs.writeFileSync(entryFile(box, entry), JSON.stringify({ ...entry, time }));
  }

  const prune = async (box: Sandbox) => {
    const { pruned, freedBytes } = await box.ask('snapshot.prune', { volume: box.spec.name, policy });
    return { pruned: pruned.map(({ id }) => id), freedBytes };
  };

  it('deletes them with what only they have, and nothing else', async () => {
    const { box, entries } = await taken(
      { days: 30 },
      { days: 30, kind: 'user' },
      { days: 20 },
      { days: 10 },
      { days: 0 },
    );
    const contents = await Promise.all(entries.map((entry) => box.contentOf(entry)));
    const [first, user, second, third, newest] = entries;
    const { pruned, freedBytes } = await prune(box);
    assert.deepEqual(pruned, [first!.id, second!.id, third!.id]);
    assert.equal(freedBytes, 3 * 4096);
    assert.deepEqual(box.stored('snapshots').sort(), [user!.id, newest!.id].sort());
    assert.deepEqual(box.catalog(), [user!, newest!].map(({ id }) => `app_data@${id}.json`).sort());
    assertSameTree(await box.contentOf(user!), contents[1]!);
    assertSameTree(await box.contentOf(newest!), contents[4]!);
    assert.deepEqual(await prune(box), { pruned: [], freedBytes: 0 });
  });

  it('spares one that got a note, which is seen at once and changes nothing else', async () => {
    const { box, entries } = await taken({ days: 30 }, { days: 20 }, { days: 0 });
    const [kept, gone] = entries;
    const note = 'before the [release](x) \u202e \n';
    const changed = await box.ask('snapshot.note', { volume: box.spec.name, snapshot: kept!.id, note });
    const inCatalog = path.join(box.store, 'catalog', `app_data@${kept!.id}.json`);
    for (const file of [entryFile(box, kept!), inCatalog]) {
      assert.deepEqual(JSON.parse(fs.readFileSync(file, 'utf8')), changed);
    }
    assert.deepEqual({ ...changed, time: '', note: '' }, { ...kept, time: '', note: '' });
    assert.deepEqual((await prune(box)).pruned, [gone!.id]);
    await box.restore(kept!);
  });

  it('spares one that an unfinished switch needs', async () => {
    const { box, entries } = await taken({ days: 30 }, { days: 20 }, { days: 0 });
    const pending = { format: 1, ...box.goal(entries[0]!), root: 'x', startedAt: new Date().toISOString() };
    fs.writeFileSync(path.join(box.store, 'volumes', box.spec.name, 'pending.json'), JSON.stringify(pending));
    assert.deepEqual((await prune(box)).pruned, [entries[1]!.id]);
    assert.ok(box.stored('snapshots').includes(entries[0]!.id));
  });

  it('spares one whose entry cannot be read', async () => {
    const { box, entries } = await taken({ days: 30 }, { days: 20 }, { days: 0 });
    fs.writeFileSync(entryFile(box, entries[0]!), '{');
    assert.deepEqual((await prune(box)).pruned, [entries[1]!.id]);
    assert.ok(box.stored('snapshots').includes(entries[0]!.id));
    const note = box.ask('snapshot.note', { volume: box.spec.name, snapshot: entries[0]!.id, note: 'x' });
    await assert.rejects(note, (error) => isFailure(error, 'snapshotDamaged'));
  });
});
