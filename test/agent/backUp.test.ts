import * as assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeTrailer, footerBytes, trailerBytes } from '../../src/core/backup/trailer';
import { Cancelled, Failure } from '../../src/core/failure';
import { startAgent } from './agentProcess';
import { backUp, packParams, unpackedWith, unpackers } from './backup';
import { useDisk } from './disk';
import { assertSameTree, describeTree, never, runFixture, Sandbox } from './sandbox';

/** libarchive 3.6 reads "-1.5" seconds as half a second after -1, and leaves the time of the folder it unpacks into. */
const notWithBsdtar = /"path": "(|times\/1901|times\/before 1970)"/;

describe('a backup', function () {
  this.timeout(60_000);
  const disk = useDisk('ext4', 1024);

  for (const program of Object.keys(unpackers)) {
    it(`is the awkward tree again when ${program} unpacks it`, async () => {
      const box = new Sandbox(disk.path);
      runFixture('make-awkward-tree.py', box.volume);
      const backup = await backUp(box, await box.snapshot());
      const comparable = (tree: string) => (program === 'bsdtar' ? withoutTimes(tree) : tree);
      assertSameTree(comparable(unpackedWith(program, backup)), comparable(describeTree(box.volume)));
    });
  }

  it('ends with what it is, and with the proof of it', async () => {
    const box = new Sandbox(disk.path);
    box.write('file');
    box.spec = { ...box.spec, labels: { 'com.docker.compose.volume': 'größe' } };
    const snapshot = await box.snapshot(undefined, { note: 'before the migration' });
    const bytes = fs.readFileSync(await backUp(box, snapshot));
    const frame = bytes.subarray(-trailerBytes(bytes.subarray(-footerBytes))!);
    const { manifest, sha256 } = decodeTrailer(frame);
    assert.deepEqual(sha256, createHash('sha256').update(bytes.subarray(0, -footerBytes)).digest());
    assert.equal(manifest.archive.compressedBytes, bytes.length - frame.length);
    assert.equal(manifest.archive.entries, snapshot.entries);
    assert.deepEqual(manifest.snapshot.volume, box.spec);
    assert.equal(manifest.snapshot.note, 'before the migration');
  });

  it('is of the snapshot, not of what the volume has become', async () => {
    const box = new Sandbox(disk.path);
    box.write('file', 'then');
    const before = describeTree(box.volume);
    const snapshot = await box.snapshot();
    box.write('file', 'now');
    assertSameTree(unpackedWith('GNU tar', await backUp(box, snapshot)), before);
  });

  it('keeps holes as holes, also of 100 GB', async () => {
    const box = new Sandbox(disk.path);
    const handle = fs.openSync(box.file('sparse'), 'w');
    for (let n = 0; n < 300; n++) fs.writeSync(handle, `data ${n}`, n * 300e6 + 12345);
    fs.ftruncateSync(handle, 100e9);
    fs.closeSync(handle);
    const backup = await backUp(box, await box.snapshot());
    assert.ok(fs.statSync(backup).size < 100_000, `${fs.statSync(backup).size} bytes`);
  });

  for (const [how, damage] of [
    ['gone', (object: string) => fs.unlinkSync(object)],
    ['shorter', (object: string) => fs.truncateSync(object, 3)],
  ] as const) {
    it(`is refused when content is ${how}, with its path`, async () => {
      const box = new Sandbox(disk.path);
      box.write('folder/file');
      const snapshot = await box.snapshot();
      damage(box.objectFiles()[0]!);
      await assert.rejects(backUp(box, snapshot), (error) => {
        assert.ok(error instanceof Failure && error.code === 'snapshotDamaged');
        assert.equal((error as Failure<'snapshotDamaged'>).details.path, 'folder/file');
        return true;
      });
    });
  }

  it('waits for whoever writes it, and ends soon when that one gives up', async () => {
    const box = new Sandbox(disk.path);
    for (let n = 0; n < 60; n++) box.write(`random ${n}`, randomBytes(1_000_000));
    const snapshot = await box.snapshot();
    const { session, toldBytes } = await startAgent({ store: box.store, volume: box.volume });
    await using _ = session;
    const controller = new AbortController();
    const onData = () => sleep(60_000, undefined, { signal: controller.signal });
    const done = session.request('snapshot.pack', packParams(box, snapshot), { signal: controller.signal, onData });
    await sleep(1_500);
    assert.ok(toldBytes() < 5e6, `${toldBytes()} bytes were sent to one who takes none`);
    controller.abort();
    const aborted = performance.now();
    await assert.rejects(done, Cancelled);
    assert.ok(performance.now() - aborted < 2_000);
  });

  it('ends with the reason of whoever cannot write it', async () => {
    const box = new Sandbox(disk.path);
    for (let n = 0; n < 20; n++) box.write(`random ${n}`, randomBytes(1_000_000));
    const snapshot = await box.snapshot();
    const full = new Failure('storeFull', { needed: 1, free: 0 });
    const onData = () => Promise.reject(full);
    await box.withAgent(async (agent) => {
      const pack = () => agent.request('snapshot.pack', packParams(box, snapshot), { signal: never, onData });
      await assert.rejects(pack(), (error) => error === full);
    });
  });
});

function withoutTimes(tree: string): string {
  const lines = tree.split('\n');
  return lines.map((line) => (notWithBsdtar.test(line) ? line.replace(/"mtime": "[^"]*"/, '') : line)).join('\n');
}
