import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { isFailure, type FailureCode } from '../../src/core/failure';
import { useDisk } from './disk';
import { assertSameTree, describeTree, never, Sandbox } from './sandbox';

/** The same folders for a volume of another name. */
function withSpec(box: Sandbox, name: string): Sandbox {
  return Object.assign(Object.create(Sandbox.prototype) as Sandbox, box, { spec: { ...box.spec, name } });
}

const failsWith = (code: FailureCode) => (error: unknown) => isFailure(error, code);

describe('the store', function () {
  this.timeout(60_000);
  const disk = useDisk('ext4', 256);

  async function twoSnapshots() {
    const box = new Sandbox(disk.path);
    for (let n = 0; n < 10; n++) box.write(`file${n}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const first = await box.snapshot();
    box.write('file3', 'changed');
    box.write('extra');
    const second = await box.snapshot();
    return { box, first, second };
  }

  it('lists a snapshot in the catalog, and nothing unfinished', async () => {
    const { box, first, second } = await twoSnapshots();
    assert.deepEqual(box.catalog(), [`app_data@${first.id}.json`, `app_data@${second.id}.json`].sort());
    assert.deepEqual(box.stored('incoming'), []);
    assert.deepEqual([first.sequence, second.sequence], [1, 2]);
    assert.equal(second.parent, first.id);
    assert.deepEqual([second.files, second.addedBytes], [11, 'changed'.length + 'content of extra'.length]);
    const inCatalog = fs.readFileSync(path.join(box.store, 'catalog', `app_data@${second.id}.json`), 'utf8');
    assert.deepEqual({ ...second, copiedFiles: 0 }, { ...(JSON.parse(inCatalog) as object), copiedFiles: 0 });
  });

  it('can be read by hand, with the script of its page', async () => {
    const { box, second } = await twoSnapshots();
    box.write('naïve/\u00e9 name');
    fs.symlinkSync('file3', box.file('naïve/link'));
    const third = await box.snapshot();
    const page = fs.readFileSync('docs/store-format.md', 'utf8');
    const script = /```python\n(.*?)```/s.exec(page)?.[1] ?? '';
    for (const { id } of [second, third]) {
      const byHand = fs.mkdtempSync(path.join(box.base, 'by-hand-'));
      execFileSync('python3', ['-', path.join(box.store, 'volumes', 'app_data'), id, byHand], { input: script });
      const withoutTheRest = (tree: string) => tree.replace(/"(mode|uid|gid|mtime|nlink|links)": [^,}]*/g, '');
      assertSameTree(withoutTheRest(describeTree(byHand)), withoutTheRest(await box.contentOf({ id })));
    }
  });

  it('is ordered by sequence when the clock steps back', async () => {
    const { box, first, second } = await twoSnapshots();
    // As if the second had been taken a day before the first.
    const backdated = `20200101T000000000Z-000000`;
    const at = path.join(box.store, 'volumes', 'app_data', 'snapshots');
    fs.renameSync(path.join(at, second.id), path.join(at, backdated));
    const third = await box.snapshot();
    assert.deepEqual([first.sequence, third.sequence], [1, 3]);
  });

  it('shares unchanged content, and deletes only what no other snapshot names', async () => {
    const { box, first, second } = await twoSnapshots();
    const content = await box.contentOf(second);
    assert.equal(box.objectFiles().length, 12);
    const { freedBytes } = await box.delete(first);
    assert.equal(freedBytes, 4096, 'the old file3');
    assert.equal(box.objectFiles().length, 11);
    assertSameTree(await box.contentOf(second), content);
    fs.writeFileSync(path.join(box.store, 'catalog', `app_data@${first.id}.json`), JSON.stringify(first));
    await assert.rejects(box.delete(first), failsWith('snapshotNotFound'));
    assert.deepEqual(box.catalog(), [`app_data@${second.id}.json`], 'a ghost is not listed for ever');
    await box.delete(second);
    assert.deepEqual(fs.readdirSync(path.join(box.store, 'volumes')), [], 'no trace, of materialised ones neither');
    assert.deepEqual(box.catalog(), []);
  });

  it('deletes nothing when a manifest cannot be read', async () => {
    const { box, first, second } = await twoSnapshots();
    const manifest = path.join(box.store, 'volumes', 'app_data', 'snapshots', first.id, 'manifest');
    const whole = fs.readFileSync(manifest);
    const objects = box.objectFiles();
    const damaged = Buffer.from(whole);
    damaged[damaged.length >> 1]! ^= 1;
    fs.writeFileSync(manifest, damaged);
    const { freedBytes, unswept } = await box.delete(second);
    assert.deepEqual([freedBytes, unswept?.startsWith(first.id)], [0, true]);
    assert.deepEqual(box.objectFiles(), objects);
    const cleaned = await box.ask('store.clean', { volume: 'app_data' });
    assert.deepEqual([cleaned.dropped, box.objectFiles()], [0, objects]);

    fs.writeFileSync(manifest, whole);
    await box.ask('store.clean', { volume: 'app_data' });
    assert.equal(box.objectFiles().length, 10, 'the interrupted deletion is finished');
    assert.deepEqual(box.stored('snapshots'), [first.id]);
    assert.deepEqual(box.catalog(), [`app_data@${first.id}.json`]);
  });

  it('refuses to restore a snapshot with a damaged manifest or a missing object, and changes nothing', async () => {
    const { box, first, second } = await twoSnapshots();
    const before = describeTree(box.volume);
    const manifest = path.join(box.store, 'volumes', 'app_data', 'snapshots', first.id, 'manifest');
    fs.truncateSync(manifest, fs.statSync(manifest).size - 40);
    await assert.rejects(box.restore(first), failsWith('snapshotDamaged'));
    await assert.rejects(box.restore({ id: 'nothing' }), failsWith('snapshotNotFound'));
    fs.rmSync(box.file('extra'));
    for (const object of box.objectFiles()) if (object.includes(second.id)) fs.truncateSync(object, 1);
    const damaged = describeTree(box.volume);
    await assert.rejects(box.restore(second), failsWith('snapshotDamaged'));
    assertSameTree(describeTree(box.volume), damaged);
    assert.notEqual(damaged, before);
    assert.deepEqual(
      box.catalog().filter((name) => name.endsWith('.pending')),
      [],
    );
  });

  it('rebuilds the catalog from the snapshots', async () => {
    const { box } = await twoSnapshots();
    const catalog = box.catalog();
    fs.rmSync(path.join(box.store, 'catalog'), { recursive: true });
    assert.deepEqual(await box.ask('store.catalog', {}), { snapshots: 2 });
    assert.deepEqual(box.catalog(), catalog);
  });

  it('keeps volumes apart, also when one is named like our own folders', async () => {
    const { box } = await twoSnapshots();
    const catalog = box.catalog();
    const other = withSpec(box, 'catalog');
    const snapshot = await other.snapshot();
    assert.equal(snapshot.sequence, 1);
    await other.delete(snapshot);
    assert.deepEqual(box.catalog(), catalog);
    await assert.rejects(box.ask('store.clean', { volume: '../../etc' }), failsWith('agentFailed'));
  });

  it('takes the longest name that a volume can have', async () => {
    const { box } = await twoSnapshots();
    const others = box.catalog();
    // The engine makes a folder of a volume's name. Another one differs only at its end.
    const [long, similar] = ['a', 'b'].map((end) => withSpec(box, 'n'.repeat(254) + end));
    const snapshot = await long!.snapshot();
    const content = describeTree(box.volume);
    const other = await similar!.snapshot();
    box.write('file3', 'changed again');
    await long!.restore(snapshot, { afterSafetyPass: () => {} });
    assertSameTree(describeTree(box.volume), content);
    await similar!.delete(other);
    const { entries } = await similar!.ask('snapshot.entries', { volume: long!.spec.name, snapshot: snapshot.id });
    assert.equal(entries.length, snapshot.entries);
    const added = box.catalog().filter((name) => !others.includes(name));
    const said = added.map((name) => fs.readFileSync(path.join(box.store, 'catalog', name), 'utf8'));
    // Its two snapshots, and the way back of its restore.
    assert.equal(said.length, 3);
    assert.ok(said.every((text) => text.includes(`"${long!.spec.name}"`)));
  });

  it('drops a snapshot whose host says good-bye before it commits, and leaves the volume ready for the next', async () => {
    const { box } = await twoSnapshots();
    const objects = box.objectFiles();
    box.write('more');
    await box.withAgent(async (agent) => {
      await agent.request('snapshot.begin', { volume: box.spec }, { signal: never });
      assert.equal(box.catalog().filter((name) => name.endsWith('.incoming')).length, 1);
    });
    assert.deepEqual(box.objectFiles(), objects);
    assert.deepEqual(box.stored('incoming'), []);
    assert.equal(box.catalog().filter((name) => name.endsWith('.incoming')).length, 0);
    assertSameTree(await box.contentOf(await box.snapshot()), describeTree(box.volume));
  });

  it('is rid of the drafts of whoever was killed while it wrote them', async () => {
    const box = new Sandbox(disk.path);
    box.write('file');
    await box.snapshot();
    const folder = path.join(box.store, 'volumes', box.spec.name);
    const before = fs.readdirSync(folder);
    for (const file of ['pending.json', 'baseline']) fs.writeFileSync(path.join(folder, `${file}.tmp`), '{');
    await box.ask('store.clean', { volume: box.spec.name });
    assert.deepEqual(fs.readdirSync(folder), before);
  });

  it('says the entries of a snapshot', async () => {
    const { box, second } = await twoSnapshots();
    const { entries } = await box.ask('snapshot.entries', { volume: 'app_data', snapshot: second.id });
    assert.deepEqual(entries.map(({ path }) => path).slice(0, 3), ['', 'extra', 'file0']);
    assert.equal(entries[1]!.mtime, fs.lstatSync(box.file('extra'), { bigint: true }).mtimeNs.toString());
  });

  it('measures a volume, hard links once', async () => {
    const { box } = await twoSnapshots();
    const before = await box.ask('volume.size', {});
    box.write('sized', Buffer.alloc(10_000, 1));
    fs.linkSync(box.file('sized'), box.file('same'));
    const { entries, files, bytes, allocatedBytes } = await box.ask('volume.size', {});
    assert.deepEqual(
      [entries - before.entries, files - before.files, bytes - before.bytes, allocatedBytes - before.allocatedBytes],
      [2, 2, 10_000, 12_288],
    );
  });
});
