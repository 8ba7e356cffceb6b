import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { measureFolder, tarOfFolder } from '../../src/core/archive/folderTar';
import { entryOf } from '../../src/core/archive/folderWalk';
import { Cancelled, isFailure } from '../../src/core/failure';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import { useDisk } from './disk';
import { assertSameTree, describeTree, never, runFixture, Sandbox, specOf } from './sandbox';

describe('a folder of this machine', function () {
  this.timeout(60_000);
  const disk = useDisk('ext4', 1024);
  let box: Sandbox;
  beforeEach(() => void (box = new Sandbox(disk.path)));

  const importIt = async (folder = box.volume): Promise<SnapshotEntry> => {
    const { files: totalFiles, bytes: totalBytes, losses } = await measureFolder(folder, never);
    const params = { volume: specOf('other'), note: '', totalFiles, totalBytes, losses };
    const options = { signal: never, input: tarOfFolder(folder, never) };
    return box.withAgent((agent) => agent.request('snapshot.unpackForeign', params, options));
  };
  /** Without what Node cannot see, and what cannot be made elsewhere. */
  const comparable = (tree: string) =>
    tree
      .trim()
      .split('\n')
      .map((line) => ({ ...(JSON.parse(line) as Record<string, unknown>), xattrs: undefined }))
      .filter(({ type }: Record<string, unknown>) => type !== 'char' && type !== 'block')
      .map((line) => JSON.stringify(line))
      .join('\n');

  it('is the same tree, names byte for byte, without what is no data, which is said', async () => {
    runFixture('make-awkward-tree.py', box.volume);
    box.write('larger than a piece', Buffer.alloc(1_300_001, 'x'));
    const link = path.join(disk.path, 'link to it');
    fs.symlinkSync(box.volume, link);
    const expected = comparable(describeTree(box.volume));
    const snapshot = await importIt(link);
    assert.deepEqual(
      snapshot.losses.map(({ kind, count }) => [kind, count]),
      [['socket', 3]],
    );
    box.spec = specOf('other');
    assertSameTree(comparable(await box.contentOf(snapshot)), expected);
    const { files, bytes } = await measureFolder(box.volume, never);
    assert.ok(files > 20 && bytes > 1_300_000);
  });

  it('that changes while it is read is none, and neither is one that is not there, or whoever gives it up', async () => {
    box.write('a', Buffer.alloc(600_000));
    box.write('b', Buffer.alloc(600_000));
    const readWhile = async (change: () => void, signal = never) => {
      for await (const _ of tarOfFolder(box.volume, signal)) change();
    };
    const named = (name: string, reason: RegExp) => (error: unknown) =>
      isFailure(error, 'folderNotReadable') && error.details.file.endsWith(name) && reason.test(error.details.reason);
    await readWhile(() => {});
    await assert.rejects(
      readWhile(() => fs.appendFileSync(box.file('a'), 'more')),
      named('/a', /changed while/),
    );
    await assert.rejects(
      readWhile(() => fs.truncateSync(box.file('a'), 10)),
      named('/a', /changed while/),
    );
    box.write('a', Buffer.alloc(600_000));
    await assert.rejects(
      readWhile(() => fs.rmSync(box.file('b'), { force: true })),
      named('/b', /ENOENT/),
    );
    await assert.rejects(measureFolder(box.file('a'), never), named('/a', /no folder/));
    const controller = new AbortController();
    await assert.rejects(
      readWhile(() => controller.abort(), controller.signal),
      Cancelled,
    );
  });

  it('of Windows belongs to root, and is open to all', () => {
    const stats = fs.lstatSync(box.volume, { bigint: true });
    const of = (type: 'file' | 'directory') => {
      const { uid, gid, mode } = entryOf('', type, { ...stats, uid: 7n, gid: 7n, mode: 0o666n }, 'win32');
      return [uid, gid, mode];
    };
    assert.deepEqual(
      [of('file'), of('directory')],
      [
        [0, 0, 0o644],
        [0, 0, 0o755],
      ],
    );
  });
});
