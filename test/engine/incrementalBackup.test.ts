import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Destination } from '../../src/core/backup/destination';
import type { Volume } from '../../src/core/engine';
import { isFailure } from '../../src/core/failure';
import * as operations from '../../src/core/operations';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import { Folder } from '../../src/destinations/folder';
import { storeOf } from '../fixtures/killing/promises';
import { assertSameTree, Operations } from '../fixtures/operations';

describe('backups of a volume, one after the other', function () {
  this.timeout(120_000);
  let ops: Operations;
  let volume: Volume;
  let folder: string;
  let destination: Folder;
  before(async () => void (ops = await Operations.connect()));
  after(() => ops[Symbol.asyncDispose]());
  beforeEach(async () => {
    volume = await ops.test.createVolume();
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'backups-'));
    destination = new Folder(folder);
    await ops.python(volume, `import os\nfor n in range(8): open(f'/data/{n}', 'wb').write(os.urandom(1 << 18))`);
  });
  afterEach(async () => {
    fs.rmSync(folder, { recursive: true });
    await ops.assertNothingLeft();
  });

  let changes = 0;
  const change = () => ops.python(volume, `open('/data/3', 'w').write('changed ${++changes}')`);
  /** Names have seconds. */
  const nextSecond = () => new Promise((resolve) => setTimeout(resolve, 1_001 - (Date.now() % 1_000)));
  const backUp = async (fullEvery = 10, exclude: string[] = [], to: Destination = destination) => {
    await change();
    await nextSecond();
    const about = { level: 3, tool: 'a test', fullEvery, exclude, volume: volume.name, note: '' };
    const request = { ...about, destination: to };
    return ops.run('backup', volume.name, (run) => operations.backUpNext(ops.host, request, run));
  };
  const restored = async (file: string) => {
    const name = ops.test.name('from-backup');
    const request = { destination, file, name, note: '' };
    const made = await ops.run('import', name, (run) => operations.importToNewVolume(ops.host, request, run));
    const tree = await ops.treeOf(made.volume);
    await ops.delete(made.snapshot);
    await ops.test.engine.removeVolume(name);
    return tree;
  };
  const verify = (file: string) =>
    ops.run('verifyBackup', volume.name, (run) => operations.verifyBackup({ destination, file }, run));

  it('have only what has changed, and are the volume again', async () => {
    const full = await backUp();
    const trees = [await ops.treeOf(volume)];
    const second = await backUp();
    trees.push(await ops.treeOf(volume));
    const third = await backUp();
    trees.push(await ops.treeOf(volume));
    assert.deepEqual(
      [full, second, third].map(({ isPartial }) => isPartial),
      [false, true, true],
    );
    assert.ok(third.bytes < full.bytes / 50, `${third.bytes} of ${full.bytes}`);
    const { filesMoved, filesSkipped } = ops.records.at(-1)!;
    // Of the archive; none of the snapshot that was taken for it.
    assert.deepEqual({ filesMoved, filesSkipped }, { filesMoved: 1, filesSkipped: 7 });
    for (const [index, { file }] of [full, second, third].entries()) {
      await verify(file);
      assertSameTree(await restored(file), trees[index]!);
    }
  });

  it('are full ones again after so many, when the changes have outgrown the whole, and when something else is left out', async () => {
    const partial: boolean[] = [];
    for (let n = 0; n < 4; n++) partial.push((await backUp(3)).isPartial);
    assert.deepEqual(partial, [false, true, true, false]);
    await ops.python(volume, `import os\nfor n in range(16): open(f'/data/{n}', 'wb').write(os.urandom(1 << 18))`);
    assert.deepEqual([(await backUp()).isPartial, (await backUp()).isPartial], [true, false]);
    const others: boolean[] = [];
    for (const exclude of [['5'], ['5'], ['5', '6']]) others.push((await backUp(10, exclude)).isPartial);
    assert.deepEqual(others, [false, true, false], 'and when something else is left out');
  });

  it('are full ones when what they would build on is gone: its file, its snapshot, or an earlier link', async () => {
    const first = await backUp();
    fs.rmSync(path.join(folder, first.file));
    const second = await backUp();
    await ops.delete(second.snapshot);
    const third = await backUp();
    const fourth = await backUp();
    fs.rmSync(path.join(folder, third.file));
    const fifth = await backUp();
    assert.deepEqual(
      [second, third, fourth, fifth].map(({ isPartial }) => isPartial),
      [false, false, true, false],
    );
    assertSameTree(await restored(fifth.file), await ops.treeOf(volume));
    await assert.rejects(verify(fourth.file), (error) => isFailure(error, 'backupChainBroken'));
  });

  it('are full ones when the snapshot they would build on is damaged in the store, and take one snapshot all the same', async () => {
    const first = await backUp();
    const { id } = first.snapshot;
    fs.truncateSync(path.join(storeOf(ops), 'volumes', volume.name, 'snapshots', id, 'manifest'), 100);
    const before = await ops.snapshotIds(volume);
    const second = await backUp();
    assert.equal(second.isPartial, false);
    assert.equal((await ops.snapshotIds(volume)).length, before.length + 1);
    assert.equal(fs.readdirSync(folder).length, 2);
  });

  it('are never put in the place of one that is there, nor build on themselves', async () => {
    const first = await backUp();
    const second = await backUp();
    const files = () => fs.readdirSync(folder).map((file) => [file, fs.statSync(path.join(folder, file)).ino]);
    const before = files();
    const again = (snapshot: SnapshotEntry, fullEvery: number, exclude: string[] = []) => {
      const request = { destination, level: 3, tool: 'a test', fullEvery, exclude, snapshot };
      return ops.run('backup', volume.name, (run) => operations.backUpNext(ops.host, request, run));
    };
    for (const [{ snapshot }, fullEvery] of [
      [first, 10],
      [second, 10],
    ] as const) {
      await assert.rejects(again(snapshot, fullEvery), (error) => isFailure(error, 'backupThere'));
    }
    // What is left out now makes it a full one: of the name of the first, when that has the second in which the snapshot was taken.
    const { file } = await again(first.snapshot, 10, ['5']).catch((error: unknown) => {
      assert.ok(isFailure(error, 'backupThere'));
      return { file: undefined };
    });
    assert.deepEqual(
      files().filter(([name]) => name !== file),
      before,
    );
    await verify(second.file);
  });

  it('are full ones when what they build on is deleted while they are sent', async () => {
    const first = await backUp();
    const tellingOfCreate = {
      list: (signal: AbortSignal) => destination.list(signal),
      open: (name: string, signal: AbortSignal) => destination.open(name, signal),
      remove: (name: string, signal: AbortSignal) => destination.remove(name, signal),
      removeLeftovers: (until: Date, signal: AbortSignal) => destination.removeLeftovers(until, signal),
      create: async (name: string, signal: AbortSignal) => {
        const upload = await destination.create(name, signal);
        fs.rmSync(path.join(folder, first.file), { force: true });
        return upload;
      },
    };
    const second = await backUp(10, [], tellingOfCreate);
    assert.equal(second.isPartial, false);
    assert.deepEqual(fs.readdirSync(folder), [second.file]);
    assertSameTree(await restored(second.file), await ops.treeOf(volume));
  });

  it('name the one that is damaged', async () => {
    const first = await backUp();
    const second = await backUp();
    const at = path.join(folder, first.file);
    const bytes = fs.readFileSync(at);
    bytes[5_000]! ^= 1;
    fs.writeFileSync(at, bytes);
    const isBroken = (error: unknown) => isFailure(error, 'backupChainBroken') && error.details.link === first.file;
    await assert.rejects(verify(second.file), isBroken);
    await assert.rejects(restored(second.file), isBroken);
  });
});
