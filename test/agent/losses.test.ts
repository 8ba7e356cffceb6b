import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { useDisk } from './disk';
import { Sandbox } from './sandbox';

describe('what a snapshot cannot keep', function () {
  this.timeout(60_000);
  const disk = useDisk('ext4', 64);

  it('is said by every snapshot and in every pass, not only by the one that read the entry', async () => {
    const box = new Sandbox(disk.path);
    box.write('folder/file');
    box.write('other');
    for (const name of ['folder', 'folder/file']) setXattr(box.file(name), 'trusted.ours', 'x');
    setXattr(box.file('other'), 'user.kept', 'x');
    await setTimeout(30);
    const expected = [{ kind: 'xattr', count: 2, path: 'folder' }];
    const first = await box.snapshot(() => {});
    assert.deepEqual(first.losses, expected);
    const second = await box.snapshot(() => {});
    assert.deepEqual([second.copiedFiles, second.losses], [0, expected]);

    // A restore writes the file anew, without the attribute; the folder stays as it is.
    fs.appendFileSync(box.file('folder/file'), 'more');
    await box.restore(first);
    assert.deepEqual((await box.snapshot()).losses, [{ kind: 'xattr', count: 1, path: 'folder' }]);
  });

  it('of an overlay file system is said by its traces, for its own attributes cannot be seen', async () => {
    const box = new Sandbox(disk.path);
    for (const name of ['lower/file', 'lower/folder/file', 'layer/diff/new']) box.write(name);
    fs.mkdirSync(box.file('layer/work'));
    const [at, merged] = [box.file.bind(box), fs.mkdtempSync(`${box.volume}-merged-`)];
    const folders = `lowerdir=${at('lower')},upperdir=${at('layer/diff')},workdir=${at('layer/work')}`;
    execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', folders, merged]);
    fs.rmSync(`${merged}/file`);
    execFileSync('umount', [merged]);
    await setTimeout(30);
    for (let n = 0; n < 2; n++) {
      const said = (await box.snapshot()).losses.find(({ kind }) => kind === 'overlay');
      assert.equal(said?.path, 'layer/diff/file');
      // The whiteout, the folder layer/work/work, and what a newer kernel keeps in there for the next whiteout.
      assert.ok(said.count >= 2);
    }
  });

  it('is not seen in what only looks alike', async () => {
    const box = new Sandbox(disk.path);
    fs.mkdirSync(box.file('work/work'), { recursive: true });
    fs.mkdirSync(box.file('locked'), { mode: 0 });
    execFileSync('mknod', [box.file('null'), 'c', '1', '3']);
    execFileSync('mknod', [box.file('block'), 'b', '0', '0']);
    assert.deepEqual((await box.snapshot()).losses, []);
  });
});

function setXattr(path: string, name: string, value: string): void {
  execFileSync('setfattr', ['-n', name, '-v', value, path]);
}
