import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { encodeUstar, paddingAfter, type UstarHeader } from '../../src/core/archive/ustar';
import { isFailure } from '../../src/core/failure';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import { Folder } from '../../src/destinations/folder';
import { useDisk } from './disk';
import { assertSameTree, describeTree, never, runFixture, Sandbox, specOf } from './sandbox';

describe('an archive of something else', function () {
  this.timeout(120_000);
  const disk = useDisk('ext4', 512);
  let box: Sandbox;
  let archive: string;
  beforeEach(() => {
    box = new Sandbox(disk.path);
    archive = path.join(fs.mkdtempSync(path.join(disk.path, 'archive-')), 'archive');
  });
  afterEach(() => {
    for (const name of fs.readdirSync(disk.path)) fs.rmSync(path.join(disk.path, name), { recursive: true });
  });

  const importIt = ({
    signal = never,
    within,
  }: { signal?: AbortSignal; within?: string } = {}): Promise<SnapshotEntry> =>
    box.withAgent(async (agent) => {
      await using file = await new Folder(path.dirname(archive)).open(path.basename(archive), signal);
      const params = { volume: specOf('other'), note: 'from afar', ...(within && { within }) };
      return await agent.request('snapshot.unpackForeign', params, { signal, input: file.read(0, file.bytes, signal) });
    });
  const treeOf = async (snapshot: SnapshotEntry) => {
    box.spec = specOf('other');
    return box.contentOf(snapshot);
  };
  const sh = (script: string) => execFileSync('sh', ['-ec', script], { cwd: box.volume, stdio: 'pipe' });
  const assertNothing = () => assert.ok(!fs.existsSync(path.join(box.store, 'volumes', 'other')), 'something stayed');
  const assertRefused = async (why: string, reason = /./) => {
    await assert.rejects(
      importIt(),
      (error) => isFailure(error, 'backupDamaged') && reason.test(error.details.reason),
      why,
    );
    assertNothing();
  };
  /** What every kind of tar can say. */
  const plainTree = () => {
    const long = 'a-name-that-is-longer-than-a-header-has-room-for/'.repeat(4);
    box.write(`${long}file`, 'long');
    box.write('folder/file', 'x'.repeat(10_000));
    box.write('empty', '');
    fs.symlinkSync('folder/file', box.file('link'));
    fs.symlinkSync(`${long}file`, box.file('long link'));
    fs.linkSync(box.file('folder/file'), box.file('twin'));
    fs.chmodSync(box.file('empty'), 0o4755);
    fs.chownSync(box.file('empty'), 1234, 5678);
    sh('find . -exec touch -h -d @1600000000 {} +');
  };

  for (const format of ['gnu', 'oldgnu', 'pax', 'posix']) {
    it(`of GNU tar --format=${format} is the same tree`, async () => {
      plainTree();
      sh(`tar --format=${format} --numeric-owner -cf ${archive} .`);
      const snapshot = await importIt();
      assertSameTree(await treeOf(snapshot), describeTree(box.volume));
      assert.deepEqual([snapshot.note, snapshot.consistency, snapshot.losses], ['from afar', 'live', []]);
    });
  }

  for (const format of ['ustar', 'v7']) {
    it(`of GNU tar --format=${format} is the same tree, as far as that goes`, async () => {
      box.write('folder/file', 'content');
      box.write(`${'folder/'.repeat(format === 'v7' ? 2 : 20)}deep`, 'content');
      fs.symlinkSync('folder', box.file('link'));
      sh('find . -exec touch -h -d @1600000000 {} +');
      sh(`tar --format=${format} --numeric-owner -cf ${archive} .`);
      assertSameTree(await treeOf(await importIt()), describeTree(box.volume));
    });
  }

  it('of bsdtar is the same tree', async () => {
    plainTree();
    sh(`bsdtar --format=pax -cf ${archive} .`);
    assertSameTree(await treeOf(await importIt()), describeTree(box.volume));
  });

  it('of GNU tar with all that it can keep is the same tree', async () => {
    runFixture('make-awkward-tree.py', box.volume);
    sh(
      `find . -type s -delete; tar --format=posix --xattrs --xattrs-include='*' --acls --numeric-owner -cf ${archive} .`,
    );
    const before = describeTree(box.volume);
    assertSameTree(await treeOf(await importIt()), before);
  });

  for (const options of ['--format=gnu', ...['0.0', '0.1', '1.0'].map((n) => `--format=posix --sparse-version=${n}`)]) {
    it(`with holes, as GNU tar writes them with ${options}, has them`, async () => {
      sh(`truncate -s 20M sparse
          for n in $(seq 30); do echo data | dd of=sparse bs=4096 seek=$((n * 100)) conv=notrunc status=none; done
          truncate -s 5M 'only a hole'; echo end > after; find . -exec touch -d @1600000000 {} +`);
      sh(`tar --sparse ${options} --numeric-owner -cf ${archive} .`);
      const snapshot = await importIt();
      assertSameTree(await treeOf(snapshot), describeTree(box.volume));
      assert.ok(fs.statSync(archive).size < 1_000_000, 'the archive has holes');
    });
  }

  const compressors = { gzip: 'gzip', bzip2: 'bzip2', xz: 'xz', zstd: 'zstd -q' };
  for (const [name, compressor] of Object.entries(compressors)) {
    describe(`compressed with ${name}`, () => {
      beforeEach(() => {
        plainTree();
        box.write('noise', randomBytes(3_000_000));
        sh(`find . -exec touch -h -d @1600000000 {} +; tar --numeric-owner -cf - . | ${compressor} > ${archive}`);
      });

      it('is the same tree', async () => {
        assertSameTree(await treeOf(await importIt()), describeTree(box.volume));
      });

      it('is refused when it is cut', async () => {
        const { size } = fs.statSync(archive);
        for (const share of [0.1, 0.6, 0.999]) {
          fs.truncateSync(archive, Math.floor(size * share));
          await assertRefused(`cut at ${share}`);
          sh(`tar --numeric-owner -cf - . | ${compressor} > ${archive}`);
        }
      });

      it('is refused when a bit has flipped', async () => {
        const bytes = fs.readFileSync(archive);
        bytes[Math.floor(bytes.length / 2)]! ^= 4;
        fs.writeFileSync(archive, bytes);
        await assertRefused('a flipped bit');
      });
    });
  }

  it('in several compressed parts, one after the other, is read to its end', async () => {
    plainTree();
    for (const compressor of ['gzip', 'zstd -q', 'bzip2', 'xz']) {
      sh(`tar --numeric-owner -cf /tmp/whole.$$ .
          head -c 5000 /tmp/whole.$$ | ${compressor} > ${archive}; tail -c +5001 /tmp/whole.$$ | ${compressor} >> ${archive}
          rm /tmp/whole.$$`);
      const snapshot = await importIt();
      const spec = box.spec;
      assertSameTree(await treeOf(snapshot), describeTree(box.volume));
      await box.delete(snapshot);
      box.spec = spec;
    }
  });

  it('of vackup is what is in its folder', async () => {
    plainTree();
    sh(`tar --numeric-owner --transform 's,^\\.,vackup-volume,' -czf ${archive} .`);
    assert.match(String(sh(`tar -tf ${archive} | head -1`)), /^vackup-volume\//);
    const before = describeTree(box.volume);
    const links = (tree: string) => tree.replaceAll('vackup-volume/', '');
    assertSameTree(links(await treeOf(await importIt())), before.replaceAll('vackup-volume/', ''));
  });

  it('of an image that Docker Desktop has made is what is in its folder, whatever else the image has', async () => {
    plainTree();
    fs.mkdirSync(path.join(box.volume, '..', 'etc'));
    fs.writeFileSync(path.join(box.volume, '..', 'etc', 'passwd'), 'x'.repeat(100_000));
    const others = `--transform 's,^\\.\\./,,' ../etc`;
    sh(
      `tar --numeric-owner --transform 's,^\\.,volume-data,' -cf ${archive} . && tar --numeric-owner -rf ${archive} ${others}`,
    );
    const snapshot = await importIt({ within: 'volume-data' });
    assertSameTree(await treeOf(snapshot), describeTree(box.volume));
    sh(`tar --numeric-owner -cf ${archive} ${others}`);
    await box.delete(snapshot);
    await assert.rejects(importIt({ within: 'volume-data' }), /it has no folder/);
  });

  it('without members for folders has them made', async () => {
    box.write('a/b/c');
    sh(`tar -cf ${archive} a/b/c`);
    const snapshot = await importIt();
    assert.equal(snapshot.entries, 4);
    const root = path.join(
      disk.path,
      fs.readdirSync(disk.path).find((name) => name.startsWith('archive-'))!,
    );
    assert.ok(fs.existsSync(root));
    assert.match(await treeOf(snapshot), /a\/b\/c/);
  });

  it('has of two members of one name the later one', async () => {
    box.write('file', 'first');
    sh(`tar -cf ${archive} .`);
    box.write('file', 'second, longer');
    sh(`find . -exec touch -d @1600000000 {} +; tar --numeric-owner -rf ${archive} .`);
    assertSameTree(await treeOf(await importIt()), describeTree(box.volume));
  });

  describe('is refused, and leaves nothing,', () => {
    const member = (header: Partial<UstarHeader>, content = ''): Buffer =>
      Buffer.concat([
        encodeUstar({ name: 'f', mode: 0o644, uid: 0, gid: 0, size: content.length, mtime: 0, type: '0', ...header }),
        Buffer.from(content),
        Buffer.alloc(paddingAfter(content.length)),
      ]);
    const write = (...members: Buffer[]) => fs.writeFileSync(archive, Buffer.concat([...members, Buffer.alloc(1024)]));

    it('unless it is whole: one that is made like the next ones is taken', async () => {
      write(member({ name: './', type: '5' }), member({ name: './f' }, 'x'));
      assert.equal((await importIt()).entries, 2);
    });

    const hostile: Record<string, [RegExp, ...Buffer[]]> = {
      'a name that leads up': [/leads out/, member({ name: '../f' })],
      'a name that leads up in its middle': [/leads out/, member({ name: 'a/../../f' })],
      'an absolute name': [/leads out/, member({ name: '/etc/passwd' })],
      'a file below a symlink': [
        /below what is no folder/,
        member({ name: 'l', type: '2', linkname: '/tmp' }),
        member({ name: 'l/f' }),
      ],
      'a hard link to outside': [/leads out/, member({ name: 'h', type: '1', linkname: '/etc/passwd' })],
      'a hard link to nothing': [/not there/, member({ name: 'h', type: '1', linkname: 'nothing' })],
      'a file in the place of a folder': [/place of a folder/, member({ name: 'a/f' }), member({ name: 'a' })],
      'a type that nobody knows': [/unknown type/, member({ type: 'Q' })],
      'a part of several': [/several files/, member({ type: 'M' })],
      'a file that is longer than the archive': [/ends too early/, member({ size: 5_000 })],
    };
    for (const [what, [reason, ...members]] of Object.entries(hostile)) {
      it(`when it holds ${what}`, async () => {
        write(...members);
        await assertRefused(what, reason);
      });
    }

    it('when it is cut anywhere, between two members, too', async () => {
      plainTree();
      sh(`tar -b 1 -cf ${archive} .`);
      const bytes = fs.readFileSync(archive);
      for (let end = 0; end < bytes.length - 512; end += 512 * 3) {
        fs.writeFileSync(archive, bytes.subarray(0, end));
        await assertRefused(`cut at ${end}`);
      }
    });

    it('when it is none', async () => {
      for (const content of ['', 'x'.repeat(2000), 'PK\x03\x04'.padEnd(3000, 'z')]) {
        fs.writeFileSync(archive, content);
        await assertRefused(content.slice(0, 5));
      }
    });

    it('when it is larger than the room there is, of which some is left', async () => {
      const large = execFileSync(
        'sh',
        ['-c', 'truncate -s 2G /tmp/bomb.$$; tar -C /tmp -czf - bomb.$$; rm /tmp/bomb.$$'],
        {
          maxBuffer: 1 << 30,
        },
      );
      fs.writeFileSync(archive, large);
      let least = 1;
      const look = setInterval(() => {
        const { bavail, blocks } = fs.statfsSync(disk.path);
        least = Math.min(least, bavail / blocks);
      }, 5);
      await assert.rejects(importIt(), (error) => isFailure(error, 'storeFull'));
      clearInterval(look);
      assert.ok(least > 0.01, `${least} of the disk was left`);
      assertNothing();
    });
  });
});
