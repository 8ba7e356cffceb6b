import * as assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Cancelled } from '../../src/core/failure';
import { rejectsWith } from '../fixtures/failures';
import { useDisk } from './disk';
import { assertSameTree, describeTree, runFixture, Sandbox } from './sandbox';
import { copyTree, transferred } from './transferring';

const megabyte = 1024 * 1024;

describe('a snapshot that goes to another engine', function () {
  this.timeout(120_000);
  const disk = useDisk('ext4', 768);
  const small = useDisk('ext4', 24);
  let near: Sandbox;
  let far: Sandbox;
  beforeEach(() => {
    near = new Sandbox(disk.path);
    far = new Sandbox(disk.path);
  });
  const noise = (box: Sandbox, files: number, bytes = megabyte) => {
    for (let n = 0; n < files; n++) box.write(`noise/${n}`, randomBytes(bytes));
  };
  const arrivedAt = (box: Sandbox) => path.join(box.store, 'volumes', box.spec.name, 'arrived');

  it('has every byte and every name there; the next one sends what has changed, of the list of entries too', async () => {
    runFixture('make-awkward-tree.py', near.volume);
    for (let n = 0; n < 3000; n++) near.write(`many/${n}`, `content of ${n}`);
    noise(near, 4);
    const first = await near.snapshot();
    const { copy, record, sentBytes } = await transferred(near, far, first);
    assertSameTree(await far.contentOf(copy), describeTree(near.volume));
    assert.deepEqual(copy.copyOf, {
      volume: near.spec.name,
      snapshot: first.id,
      engine: { id: near.store, name: path.basename(near.store) },
    });
    assert.deepEqual([copy.files, copy.totalBytes, copy.losses], [first.files, first.totalBytes, first.losses]);
    const phases = record.phases.reduce((sum, { ms }) => sum + ms, 0);
    assert.ok(Math.abs(phases - record.totalMs) < 1, `${phases} of ${record.totalMs} ms`);
    assert.ok(!fs.existsSync(arrivedAt(far)));
    assert.deepEqual(far.catalog(), [`${far.spec.name}@${copy.id}.json`]);

    near.write('noise/1', randomBytes(10_000));
    fs.rmSync(near.file('noise/2'));
    fs.renameSync(near.file('noise/3'), near.file('noise/3 moved'));
    const second = await near.snapshot();
    const next = await transferred(near, far, second);
    assertSameTree(await far.contentOf(next.copy), describeTree(near.volume));
    assert.ok(next.sentBytes < 15_000, `${next.sentBytes} bytes, after ${sentBytes}`);
    assert.equal(next.copy.addedBytes, 10_000);

    // Neither needs what the other one has: without a common base, the list of all entries goes over, and no content.
    await near.delete(first);
    await near.delete(second);
    const third = await near.snapshot();
    near.write('noise/1', 'again');
    const again = await transferred(near, far, await near.snapshot());
    assertSameTree(await far.contentOf(again.copy), describeTree(near.volume));
    assert.ok(again.sentBytes < third.totalBytes / 20, `${again.sentBytes} bytes`);
  });

  it('sends nothing that is there already in the same content, whoever put it there', async () => {
    noise(near, 8);
    fs.writeFileSync(near.file('sparse'), 'start');
    fs.truncateSync(near.file('sparse'), 20 * megabyte);
    copyTree(near, far);
    await far.snapshot();
    // The same size and time, and another content.
    const { atime, mtime } = fs.statSync(far.file('noise/3'));
    fs.writeFileSync(far.file('noise/3'), randomBytes(megabyte));
    fs.utimesSync(far.file('noise/3'), atime, mtime);
    const before = await far.snapshot();
    const snapshot = await near.snapshot();
    const { copy, sentBytes } = await transferred(near, far, snapshot);
    assertSameTree(await far.contentOf(copy), describeTree(near.volume));
    assert.ok(sentBytes > megabyte && sentBytes < 1.1 * megabyte, `${sentBytes} bytes`);
    // What the two have in common has two names, and one content.
    await far.delete(before);
    assertSameTree(await far.contentOf(copy), describeTree(near.volume));

    // The way back: what the source has is known by the names that it gave.
    fs.writeFileSync(far.file('noise/5'), 'newer');
    await far.restore(copy);
    fs.writeFileSync(far.file('noise/5'), 'newer');
    const back = await transferred(far, near, await far.snapshot());
    assertSameTree(await near.contentOf(back.copy), describeTree(far.volume));
    assert.ok(back.sentBytes < 10_000, `${back.sentBytes} bytes back`);
  });

  it('goes on where it was cut off, believes nothing that was damaged meanwhile, and shows nothing before it is whole', async () => {
    noise(near, 24);
    const snapshot = await near.snapshot();
    const cut = transferred(near, far, snapshot, {
      onTold: (bytes, { sink }) => bytes > 15 * megabyte && sink.process.kill('SIGKILL'),
    });
    await rejectsWith('onOtherEngine', cut);
    assert.deepEqual(far.stored('snapshots'), []);
    const arrived = fs
      .readdirSync(arrivedAt(far), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'proofs');
    assert.ok(arrived.length > 6, `${arrived.length} have arrived`);
    const damaged = path.join(arrived[3]!.parentPath, arrived[3]!.name);
    fs.writeFileSync(damaged, randomBytes(megabyte));

    // What recovery does of a dead snapshot leaves it alone.
    await far.ask('store.clean', { volume: far.spec.name });
    assert.ok(far.catalog().includes(`${far.spec.name}.arrived`));
    near.write('more', 'of the source, which went on');
    const { copy, sentBytes } = await transferred(near, far, await near.snapshot());
    assertSameTree(await far.contentOf(copy), describeTree(near.volume));
    const rest = (24 - arrived.length + 3) * megabyte;
    assert.ok(sentBytes < rest, `${sentBytes} bytes sent, with ${arrived.length} of 24 there`);
    assert.ok(!fs.existsSync(arrivedAt(far)));
    assert.deepEqual(far.catalog(), [`${far.spec.name}@${copy.id}.json`]);
  });

  it('leaves what has arrived when it is cancelled, until somebody cleans up for good', async () => {
    noise(near, 16);
    const snapshot = await near.snapshot();
    const controller = new AbortController();
    const onTold = (bytes: number) => bytes > 10 * megabyte && controller.abort();
    await assert.rejects(
      transferred(near, far, snapshot, { signal: controller.signal, onTold }),
      (error) => error instanceof Cancelled,
    );
    assert.deepEqual([far.stored('snapshots'), far.stored('incoming'), far.objectFiles()], [[], [], []]);
    assert.deepEqual(far.catalog(), [`${far.spec.name}.arrived`]);
    await far.ask('store.clean', { volume: far.spec.name, arrived: true });
    assert.deepEqual([far.catalog(), fs.readdirSync(path.join(far.store, 'volumes'))], [[], []]);
  });

  it('leaves nothing at all where there is no room for it, and what was there as it was', async () => {
    const full = new Sandbox(small.path);
    full.write('own', 'content');
    const own = await full.snapshot();
    const catalog = full.catalog();
    noise(near, 30);
    const { cause } = await rejectsWith('onOtherEngine', transferred(near, full, await near.snapshot()));
    assert.equal((cause as { code?: string }).code, 'storeFull');
    assert.ok(!fs.existsSync(arrivedAt(full)));
    assert.deepEqual(full.catalog(), catalog);
    assert.equal(fs.readFileSync(path.join(await full.materialise(own), 'own'), 'utf8'), 'content');
  });

  it('is not taken from a source whose content is gone', async () => {
    noise(near, 3);
    const snapshot = await near.snapshot();
    fs.unlinkSync(
      path.join(near.store, 'volumes', near.spec.name, 'objects', near.objectFiles()[1]!.split('/objects/')[1]!),
    );
    await rejectsWith('snapshotDamaged', transferred(near, far, snapshot));
    assert.deepEqual(far.stored('snapshots'), []);
  });
});
