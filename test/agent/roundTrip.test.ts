import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { useDisk, type FileSystem } from './disk';
import { assertSameTree, describeTree, runFixture, Sandbox } from './sandbox';

for (const type of ['ext4', 'btrfs', 'tmpfs'] satisfies FileSystem[]) {
  describe(`a snapshot and its restore on ${type}`, function () {
    this.timeout(60_000);
    const disk = useDisk(type, type === 'btrfs' ? 1024 : 512);

    it('keep every name, link, hole, attribute, owner and time of the awkward tree', async () => {
      const box = new Sandbox(disk.path);
      runFixture('make-awkward-tree.py', box.volume);
      const before = describeTree(box.volume);
      const snapshot = await box.snapshot(() => {});
      assert.deepEqual(snapshot.losses, [{ kind: 'socket', count: 1, path: 'special/socket' }]);
      assertSameTree(describeTree(box.volume), before);

      devastate(box);
      await box.restore(snapshot);
      assertSameTree(describeTree(box.volume), before);
      assertSameTree(await box.contentOf(snapshot), before);
    });

    it('keep holes as holes', async () => {
      const box = new Sandbox(disk.path);
      fs.closeSync(fs.openSync(box.file('hole'), 'w'));
      fs.truncateSync(box.file('hole'), 1 << 30);
      const snapshot = await box.snapshot();
      fs.rmSync(box.file('hole'));
      await box.restore(snapshot);
      const { size, blocks } = fs.statSync(box.file('hole'));
      assert.deepEqual({ size, allocated: blocks > 100 }, { size: 1 << 30, allocated: false });
    });

    it('keep an empty volume empty, with its owner and mode', async () => {
      const box = new Sandbox(disk.path);
      fs.chmodSync(box.volume, 0o3711);
      fs.chownSync(box.volume, 42, 43);
      const before = describeTree(box.volume);
      const snapshot = await box.snapshot();
      box.write('new/file');
      fs.chmodSync(box.volume, 0o777);
      await box.restore(snapshot);
      assertSameTree(describeTree(box.volume), before);
    });
  });
}

/** Of 300 folders, one in the other: longer than the kernel takes at once, and than one message of the walk. */
const deep = `
import os, sys
os.chdir(sys.argv[1])
for _ in range(300):
    if sys.argv[2] == 'make': os.mkdir('d' * 250)
    os.chdir('d' * 250)
if sys.argv[2] == 'make': open('file', 'w').write('at the bottom')
print(open('file').read(), end='')
`;

describe('a path of 75,000 bytes', function () {
  this.timeout(60_000);
  const disk = useDisk('ext4', 512);

  it('is kept', async () => {
    const box = new Sandbox(disk.path);
    const python = (folder: string, what: 'make' | 'read') =>
      execFileSync('python3', ['-c', deep, folder, what]).toString();
    python(box.volume, 'make');
    const snapshot = await box.snapshot(() => {});
    assert.equal(python(await box.materialise(snapshot), 'read'), 'at the bottom');
  });
});

describe('a restore', function () {
  this.timeout(60_000);
  const disk = useDisk('ext4', 512);

  it('goes back behind sockets that were made since, in new folders and in the place of files', async () => {
    const box = new Sandbox(disk.path);
    box.write('a');
    const snapshot = await box.snapshot();
    const before = describeTree(box.volume);
    fs.mkdirSync(box.file('run'));
    fs.rmSync(box.file('a'));
    const bind = "import socket, sys; [socket.socket(socket.AF_UNIX).bind(name) for name in ('run/app.sock', 'a')]";
    execFileSync('python3', ['-c', bind], { cwd: box.volume });
    await box.restore(snapshot, { afterSafetyPass: () => {} });
    assertSameTree(describeTree(box.volume), before);
  });

  it('writes only what differs, and finds it unchanged in the next snapshot', async () => {
    const box = new Sandbox(disk.path);
    for (let n = 0; n < 50; n++) box.write(`folder${n % 5}/file${n}`);
    const snapshot = await box.snapshot();
    box.write('folder1/file1', 'changed');
    fs.rmSync(box.file('folder2/file2'));
    box.write('folder3/new');
    await box.snapshot();
    const { writtenFiles, removedEntries, keptFiles } = await box.restore(snapshot);
    assert.deepEqual(
      { writtenFiles, removedEntries, keptFiles },
      { writtenFiles: 2, removedEntries: 2, keptFiles: 48 },
    );
    assert.equal((await box.snapshot()).copiedFiles, 0);
  });

  it('is undone by restoring the safety snapshot', async () => {
    const box = new Sandbox(disk.path);
    runFixture('make-awkward-tree.py', box.volume);
    const first = await box.snapshot();
    devastate(box);
    const damaged = describeTree(box.volume);
    const safety = await box.snapshot();
    await box.restore(first);
    await box.restore(safety);
    assertSameTree(describeTree(box.volume), damaged);
  });

  it('destroys nothing that the safety snapshot lacks', async () => {
    const box = new Sandbox(disk.path);
    box.write('folder/file');
    box.write('other');
    const snapshot = await box.snapshot();
    box.write('folder/file', 'changed');
    const changes: [path: string, make: () => void][] = [
      ['folder', () => box.write('folder/late')],
      ['folder/file', () => fs.appendFileSync(box.file('folder/file'), 'later')],
      ['', () => fs.rmSync(box.file('other'))],
    ];
    for (const [path, change] of changes) {
      let before = '';
      const afterSafetyPass = () => {
        change();
        before = describeTree(box.volume);
      };
      const refused = { code: 'volumeChangedMeanwhile', details: { volume: 'app_data', path } };
      await assert.rejects(box.restore(snapshot, { afterSafetyPass }), refused);
      assertSameTree(describeTree(box.volume), before);
      assert.ok(!box.catalog().some((name) => name.endsWith('.pending')));
    }
    for (const [, change] of changes.slice(0, 2)) {
      let before = '';
      const beforeSwitch = () => {
        change();
        before = describeTree(box.volume);
      };
      const refused = { code: 'volumeChangedMeanwhile' };
      await assert.rejects(box.restore(snapshot, { afterSafetyPass: () => {}, beforeSwitch }), refused);
      assertSameTree(describeTree(box.volume), before);
      assert.ok(!box.catalog().some((name) => name.endsWith('.pending')));
    }
    await box.restore(snapshot, { afterSafetyPass: () => {} });
    assert.equal(fs.readFileSync(box.file('folder/file'), 'utf8'), 'content of folder/file');
  });

  it('replaces what is there, and writes nothing through it', async () => {
    const box = new Sandbox(disk.path);
    const outside = `${box.volume}-outside`;
    fs.mkdirSync(outside);
    fs.writeFileSync(`${outside}/victim`, 'untouched');
    box.write('was-folder/victim', 'inside');
    box.write('was-file', 'file');
    fs.symlinkSync('was-file', box.file('was-symlink'));
    const before = describeTree(box.volume);
    const snapshot = await box.snapshot();

    fs.rmSync(box.file('was-folder'), { recursive: true });
    fs.symlinkSync(outside, box.file('was-folder'));
    fs.rmSync(box.file('was-file'));
    fs.symlinkSync(`${outside}/victim`, box.file('was-file'));
    fs.rmSync(box.file('was-symlink'));
    box.write('was-symlink/now/a/folder');
    await box.restore(snapshot);

    assertSameTree(describeTree(box.volume), before);
    assert.equal(fs.readFileSync(`${outside}/victim`, 'utf8'), 'untouched');
    assert.deepEqual(fs.readdirSync(outside), ['victim']);
  });

  it('leaves the content of a file alone that has another name outside of the volume', async () => {
    const box = new Sandbox(disk.path);
    box.write('file', 'old');
    const snapshot = await box.snapshot();
    box.write('file', 'new');
    fs.linkSync(box.file('file'), `${box.volume}-other-name`);
    await box.restore(snapshot);
    assert.equal(fs.readFileSync(box.file('file'), 'utf8'), 'old');
    assert.equal(fs.readFileSync(`${box.volume}-other-name`, 'utf8'), 'new');
  });

  it('gives files in folders with default ACLs exactly the ACLs that they had', async () => {
    const box = new Sandbox(disk.path);
    box.write('shared/plain');
    const snapshot0 = describeTree(box.volume);
    execFileSync('setfacl', ['-d', '-m', 'u:1234:rwx', box.file('shared')]);
    const before = describeTree(box.volume);
    assert.notEqual(before, snapshot0);
    const snapshot = await box.snapshot();
    fs.rmSync(box.file('shared/plain'));
    await box.restore(snapshot);
    assertSameTree(describeTree(box.volume), before);
  });

  it('follows the links of a volume and makes the same groups', async () => {
    const box = new Sandbox(disk.path);
    box.write('a', 'one');
    fs.linkSync(box.file('a'), box.file('b'));
    box.write('c', 'two');
    const before = describeTree(box.volume);
    const snapshot = await box.snapshot();
    fs.rmSync(box.file('b'));
    fs.linkSync(box.file('c'), box.file('b'));
    fs.rmSync(box.file('a'));
    fs.linkSync(box.file('c'), box.file('a'));
    await box.restore(snapshot);
    assertSameTree(describeTree(box.volume), before);
  });
});

describe('earlier snapshots', function () {
  this.timeout(120_000);
  for (const type of ['ext4', 'btrfs'] satisfies FileSystem[]) {
    describe(`on ${type}`, () => {
      const disk = useDisk(type, 512);

      it('stay byte for byte what they were, whatever comes later', async () => {
        const box = new Sandbox(disk.path);
        const kept = new Map<string, string>();
        const check = async (after: string) => {
          for (const [id, content] of kept) assert.equal(await box.contentOf({ id }), content, `${id} after ${after}`);
        };
        for (let n = 0; n < 20; n++) box.write(`folder${n % 3}/file${n}`, `content ${n}`);
        for (let round = 0; round < 3; round++) {
          box.write(`folder${round % 3}/file${round}`, `round ${round}`);
          fs.appendFileSync(box.file('folder1/file10'), `round ${round}`);
          const { id } = await box.snapshot();
          kept.set(id, describeTree(box.volume));
          await check(`snapshot ${round}`);
        }
        const [first, second] = [...kept.keys()];
        await box.restore({ id: first! });
        // In place, as a database writes: on reflinked files this must not reach the store.
        const file = fs.openSync(box.file('folder1/file10'), 'r+');
        fs.writeSync(file, 'XXXX', 0);
        fs.closeSync(file);
        await check('a restore and a write in place');
        kept.delete(second!);
        await box.delete({ id: second! });
        await check('a deletion');
      });
    });
  }
});

/** Damages everything that the awkward tree has, leaving traces for the restore to remove. */
function devastate(box: Sandbox): void {
  const script = `
import os, sys, shutil
os.chdir(sys.argv[1])
for name in sorted(os.listdir(b'names'))[::2]: 
    if os.path.isfile(b'names/' + name): os.remove(b'names/' + name)
for name in sorted(os.listdir(b'names'))[::3]:
    if os.path.isfile(b'names/' + name): open(b'names/' + name, 'ab').write(b'damage')
shutil.rmtree(b'links/far'); open(b'links/far', 'w').write('now a file')
os.remove(b'links/to-folder'); os.mkdir(b'links/to-folder')
os.remove(b'links/one'); os.link(b'links/a-second', b'links/one')
os.remove(b'special/fifo'); open(b'special/fifo', 'w').write('now a file')
os.remove(b'special/null'); os.mkfifo(b'special/null')
os.truncate(b'content/sparse', 5)
open(b'content/hole', 'r+b').write(b'no hole')
os.rename(b'content/large', b'content/empty folder/moved')
for name in os.listdir(b'modes'): os.chown(b'modes/' + name, 0, 0, follow_symlinks=False)
os.chmod(b'modes/none', 0o777)
for name in os.listdir(b'times'): os.utime(b'times/' + name, (5, 5), follow_symlinks=False)
for folder, _, names in os.walk(b'xattrs'):
    for path in [folder] + [folder + b'/' + n for n in names]:
        for x in os.listxattr(path): os.removexattr(path, x)
try: os.setxattr(b'xattrs', b'user.extra', b'1')
except OSError: pass
os.makedirs(b'new/deep/folder'); open(b'new/deep/folder/file', 'w').write('new')
os.chmod(b'.', 0o700); os.chown(b'.', 0, 0); os.utime(b'.', (7, 7))
`;
  execFileSync('python3', ['-c', script, box.volume]);
}
