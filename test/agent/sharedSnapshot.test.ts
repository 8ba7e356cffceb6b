import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Cancelled, isFailure } from '../../src/core/failure';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import { useDisk } from './disk';
import { assertSameTree, never, Sandbox, specOf } from './sandbox';

describe('a snapshot that becomes one of another volume, too', function () {
  this.timeout(60_000);
  const disk = useDisk('ext4', 512);
  /** Two volumes in one store. */
  function pair(): { box: Sandbox; other: Sandbox } {
    const box = new Sandbox(disk.path);
    const other = Object.assign(new Sandbox(disk.path), { store: box.store, spec: specOf('other_data') });
    return { box, other };
  }
  const share = (box: Sandbox, other: Sandbox, { id }: SnapshotEntry, signal = never, onProgress = () => {}) => {
    const params = { source: box.spec.name, snapshot: id, volume: other.spec };
    return box.ask('snapshot.share', params, { signal, onProgress });
  };
  const inodes = (box: Sandbox) => box.objectFiles().map((file) => fs.statSync(file).ino);

  it('has the same content without a copy of it, and neither needs the other', async () => {
    const { box, other } = pair();
    for (let n = 0; n < 100; n++) box.write(`folder/${n}`, `content of ${n}`);
    const first = await box.snapshot();
    const shared = await share(box, other, first);
    assert.deepEqual(shared.copyOf, { volume: box.spec.name, snapshot: first.id });
    assert.deepEqual([shared.kind, shared.purpose, shared.addedBytes], ['safety', 'source', 0]);
    assert.deepEqual(inodes(other).sort(), inodes(box).sort());

    const content = await box.contentOf(first);
    box.write('folder/1', 'changed');
    const second = await box.snapshot();
    const [changed, twice] = [await box.contentOf(second), await share(box, other, second)];
    await box.delete(first);
    await box.delete(second);
    assert.deepEqual(box.objectFiles(), []);
    assertSameTree(await other.contentOf(shared), content);
    await other.delete(shared);
    assertSameTree(await other.contentOf(twice), changed);
  });

  it('is copied where a file has as many names as it can have', async () => {
    const { box, other } = pair();
    fs.writeFileSync(box.file('sparse'), 'start');
    fs.truncateSync(box.file('sparse'), 8_000_000);
    const snapshot = await box.snapshot();
    const [object] = box.objectFiles();
    const names = fs.mkdtempSync(path.join(disk.path, 'names-'));
    for (let n = 1; n < 65_000; n++) fs.linkSync(object!, path.join(names, String(n)));
    const shared = await share(box, other, snapshot);
    const [copy] = other.objectFiles();
    assert.notEqual(fs.statSync(copy!).ino, fs.statSync(object!).ino);
    assert.ok(fs.statSync(copy!).blocks < 100, 'its holes are kept');
    assertSameTree(await other.contentOf(shared), await box.contentOf(snapshot));
    fs.rmSync(names, { recursive: true });
  });

  it('leaves nothing when it is cancelled, or when an object is missing', async () => {
    const { box, other } = pair();
    for (let n = 0; n < 3000; n++) box.write(String(n));
    const snapshot = await box.snapshot();
    // A volume without snapshots would leave no folder in the store.
    other.write('own');
    await other.snapshot();
    const [catalog, objects, snapshots] = [box.catalog(), other.objectFiles(), other.stored('snapshots')];
    const cancel = new AbortController();
    await assert.rejects(
      share(box, other, snapshot, cancel.signal, () => cancel.abort()),
      (error) => error instanceof Cancelled,
    );
    assert.deepEqual([other.objectFiles(), other.stored('incoming'), box.catalog()], [objects, [], catalog]);

    fs.unlinkSync(box.objectFiles()[2000]!);
    await assert.rejects(share(box, other, snapshot), (error) => isFailure(error, 'snapshotDamaged'));
    assert.deepEqual([other.objectFiles(), other.stored('snapshots'), box.catalog()], [objects, snapshots, catalog]);
    await box.delete(snapshot);
    await assert.rejects(share(box, other, snapshot), (error) => isFailure(error, 'snapshotNotFound'));
  });
});
