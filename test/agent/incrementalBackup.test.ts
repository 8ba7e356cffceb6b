import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import fc from 'fast-check';
import { zstdCompressSync } from 'node:zlib';
import type { FolderItem } from '../../src/core/archive/dumpdir';
import { encodeMember } from '../../src/core/archive/member';
import type { BackupManifest } from '../../src/core/backup/backupManifest';
import { encodeTrailer } from '../../src/core/backup/trailer';
import type { Entry } from '../../src/core/entry';
import { isFailure } from '../../src/core/failure';
import { BackupsOf } from './backupsOf';
import { useDisk } from './disk';
import { assertSameTree, describeTree, never, runFixture, Sandbox, specOf } from './sandbox';

describe('a backup of what has changed since another one', function () {
  this.timeout(240_000);
  const disk = useDisk('ext4', 1024);
  let box: Sandbox;
  let backups: BackupsOf;
  beforeEach(() => {
    box = new Sandbox(disk.path);
    backups = new BackupsOf(box);
  });
  afterEach(() => {
    for (const name of fs.readdirSync(disk.path)) fs.rmSync(path.join(disk.path, name), { recursive: true });
  });

  it('is small, and with the ones before it the same tree', async () => {
    runFixture('make-awkward-tree.py', box.volume);
    for (let n = 0; n < 8; n++) box.write(`noise ${n}`, execFileSync('head', ['-c', '300000', '/dev/urandom']));
    const full = await backups.backUp();
    const first = describeTree(box.volume);
    box.write('noise 3', 'changed');
    box.write('a new folder/a new file');
    const second = await backups.backUp();
    assert.ok(
      backups.sizeOf(second) < backups.sizeOf(full) / 10,
      `${backups.sizeOf(second)} of ${backups.sizeOf(full)}`,
    );
    assertSameTree(await backups.restored(second), describeTree(box.volume));
    assertSameTree(await backups.restored(full), first);
    assertSameTree(backups.unpacked(), describeTree(box.volume));
  });

  const changes: Record<string, () => void> = {
    'nothing at all': () => {},
    'a file that is gone': () => fs.rmSync(box.file('a')),
    'a folder that is gone, with all in it': () => fs.rmSync(box.file('d'), { recursive: true }),
    'all that is gone': () => {
      for (const name of fs.readdirSync(box.volume)) fs.rmSync(box.file(name), { recursive: true });
    },
    'a file that became a folder': () => {
      fs.rmSync(box.file('a'));
      box.write('a/inner');
    },
    'a folder that became a file': () => {
      fs.rmSync(box.file('d'), { recursive: true });
      box.write('d', 'a file');
    },
    'a file that became a symlink': () => {
      fs.rmSync(box.file('a'));
      fs.symlinkSync('b', box.file('a'));
    },
    'another content of the same size and time': () => {
      execFileSync('touch', ['-r', box.file('a'), box.file('as it was')]);
      box.write('a', 'CONTENT OF a');
      execFileSync('touch', ['-r', box.file('as it was'), box.file('a')]);
      fs.rmSync(box.file('as it was'));
      execFileSync('touch', ['-d', '@1000000000', box.volume]);
    },
    'another mode only': () => fs.chmodSync(box.file('a'), 0o600),
    'another mode of a pipe only': () => fs.chmodSync(box.file('pipe'), 0o600),
    'one more name of a symlink': () => fs.linkSync(box.file('l'), box.file('l2')),
    'names of a symlink that are now two, alike in all else': () => {
      fs.rmSync(box.file('m2'));
      fs.symlinkSync('b', box.file('m2'));
      execFileSync('touch', ['-h', '-r', box.file('m1'), box.file('m2')]);
    },
    'another owner only': () => fs.chownSync(box.file('a'), 12, 34),
    'another attribute only': () => execFileSync('setfattr', ['-n', 'user.x', '-v', '1', box.file('a')]),
    'a mode of a folder only': () => fs.chmodSync(box.file('d'), 0o700),
    'a name that was moved': () => fs.renameSync(box.file('a'), box.file('d/moved')),
    'two names that were exchanged': () => {
      fs.renameSync(box.file('a'), box.file('t'));
      fs.renameSync(box.file('b'), box.file('a'));
      fs.renameSync(box.file('t'), box.file('b'));
    },
    'one more name of a file': () => fs.linkSync(box.file('b'), box.file('d/b too')),
    'one name less of a file that had three': () => fs.rmSync(box.file('h2')),
    'a file of several names, written by one of them': () => fs.writeFileSync(box.file('h3'), 'other'),
    'names of a file that are now two files': () => {
      fs.rmSync(box.file('h2'));
      fs.copyFileSync(box.file('h1'), box.file('h2'));
    },
    'another symlink': () => {
      fs.rmSync(box.file('l'));
      fs.symlinkSync('elsewhere', box.file('l'));
    },
    'names that are no text': () => fs.writeFileSync(Buffer.from(`${box.volume}/\xff\n"x"`, 'latin1'), 'x'),
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`has ${what}`, async () => {
      for (const name of ['a', 'b', 'h1', 'd/c', 'd/e/f']) box.write(name);
      fs.linkSync(box.file('h1'), box.file('h2'));
      fs.linkSync(box.file('h1'), box.file('h3'));
      fs.symlinkSync('a', box.file('l'));
      fs.symlinkSync('b', box.file('m1'));
      fs.linkSync(box.file('m1'), box.file('m2'));
      execFileSync('mkfifo', [box.file('pipe')]);
      await backups.backUp();
      change();
      const name = await backups.backUp();
      assertSameTree(await backups.restored(name), describeTree(box.volume));
      assertSameTree(backups.unpacked(), describeTree(box.volume));
    });
  }

  it('has what any changes, one backup after the other, have made of the tree', async () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd/a', 'd/b', 'd/e/a', 'd/e/b');
    const change = fc.oneof(
      fc.record({ write: name, content: fc.constantFrom('x', 'y', 'longer') }),
      fc.record({ remove: fc.oneof(name, fc.constantFrom('d', 'd/e')) }),
      fc.record({ move: name, to: name }),
      fc.record({ link: name, to: name }),
    );
    type Change = { write?: string; content?: string; remove?: string; move?: string; link?: string; to?: string };
    const apply = ({ write, content, remove, move, link, to }: Change) => {
      try {
        if (write) box.write(write, content);
        else if (remove) fs.rmSync(box.file(remove), { recursive: true });
        else if (move) fs.renameSync(box.file(move), box.file(to!));
        else fs.linkSync(box.file(link!), box.file(to!));
      } catch {
        // What is not there cannot be moved.
      }
    };
    const rounds = fc.array(fc.array(change, { maxLength: 6 }), { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(rounds, async (all) => {
        box = new Sandbox(disk.path);
        backups = new BackupsOf(box);
        for (const changed of all) {
          for (const each of changed) apply(each);
          await backups.backUp();
        }
        assertSameTree(await backups.restored(backups.made.at(-1)!), describeTree(box.volume));
        assertSameTree(backups.unpacked(), describeTree(box.volume));
      }),
      { numRuns: 6 },
    );
  });

  it('says once more what the ones before it could not keep', async () => {
    box.write('file');
    execFileSync('python3', ['-c', `import os; os.mknod(${JSON.stringify(box.file('whiteout'))}, 0o020000, 0)`]);
    await backups.backUp();
    box.write('other');
    const name = await backups.backUp();
    const { losses } = await backups.importAs('other', name);
    assert.deepEqual(losses, [{ kind: 'overlay', count: 1, path: 'whiteout' }]);
  });

  describe('is refused, and leaves nothing,', () => {
    beforeEach(async () => {
      box.write('a');
      box.write('d/c');
      await backups.backUp();
      box.write('a', 'changed');
      await backups.backUp();
      box.write('d/c', 'changed');
      await backups.backUp();
    });
    const isBroken = (error: unknown) => isFailure(error, 'backupChainBroken') && error.details.link === '2.tar.zst';
    const assertNothing = () => assert.ok(!fs.existsSync(path.join(box.store, 'volumes', 'other')), 'something stayed');

    it('when one before it is missing', async () => {
      fs.rmSync(backups.at('2.tar.zst'));
      await assert.rejects(backups.chain('3.tar.zst'), isBroken);
      await (await backups.chain('1.tar.zst'))[Symbol.asyncDispose]();
    });

    it('when one before it is another one', async () => {
      fs.copyFileSync(backups.at('1.tar.zst'), backups.at('2.tar.zst'));
      await assert.rejects(backups.chain('3.tar.zst'), isBroken);
    });

    it('when one before it was cut', async () => {
      fs.truncateSync(backups.at('2.tar.zst'), backups.sizeOf('2.tar.zst') - 10);
      await assert.rejects(backups.chain('3.tar.zst'), isBroken);
    });

    it('when a bit of one before it has flipped', async () => {
      const bytes = fs.readFileSync(backups.at('2.tar.zst'));
      bytes[20]! ^= 1;
      fs.writeFileSync(backups.at('2.tar.zst'), bytes);
      await assert.rejects(backups.importAs('other', '3.tar.zst'), isBroken);
      assertNothing();
    });

    it('when the ones before it come in another order, or not', async () => {
      await using found = await backups.chain('3.tar.zst');
      const trailers = found.links.map(({ trailer }) => trailer.toString('base64'));
      for (const wrong of [trailers.toReversed(), trailers.slice(1), trailers.slice(2), []]) {
        const request = box.withAgent((agent) =>
          agent.request(
            'snapshot.unpack',
            { volume: specOf('other'), note: '', trailers: wrong },
            { signal: never, input: found.archives(never) },
          ),
        );
        await assert.rejects(request, (error) => isFailure(error, 'backupDamaged'));
        assertNothing();
      }
    });

    const entry = (name: string, type: Entry['type'], size = 0): Entry => ({
      ...{ path: name, type, mode: 0o755, uid: 0, gid: 0, size, mtime: 0n, ctime: 0n, ino: 1n, nlink: 1 },
    });
    const listing = (name: string, ...items: FolderItem[]) => encodeMember(entry(name, 'directory'), { items });
    const item = (name: string, how: FolderItem['how']): FolderItem => ({ name, how });
    const forge = async (members: Buffer[], entries: number) => {
      const tar = Buffer.concat([...members, Buffer.alloc(1024)]);
      const archive = zstdCompressSync(tar);
      await using found = await backups.chain('2.tar.zst');
      const manifest: BackupManifest = {
        ...found.newest.manifest,
        snapshot: { ...found.newest.manifest.snapshot, entries },
        archive: { entries: members.length, tarBytes: tar.length, compressedBytes: archive.length },
      };
      const trailer = encodeTrailer(manifest, createHash('sha256').update(archive));
      fs.writeFileSync(backups.at('forged.tar.zst'), Buffer.concat([archive, trailer]));
    };
    const dir = listing('d', item('c', 'before'));
    const forged: Record<string, [members: Buffer[], entries: number]> = {
      'names what no earlier one has': [[listing('', item('b', 'before'))], 2],
      'names a folder of before as a file': [[listing('', item('d', 'before'))], 2],
      'names a member that is not there': [[listing('', item('b', 'here'))], 2],
      'names a file as a folder': [[listing('', item('a', 'folder')), encodeMember(entry('a', 'file'))], 2],
      'names something twice': [[listing('', item('a', 'before'), item('a', 'before'))], 3],
      'has a member that it does not name': [[listing('', item('a', 'before')), encodeMember(entry('b', 'file'))], 2],
      'has a folder without a list': [[listing('', item('d', 'folder')), encodeMember(entry('d', 'directory'))], 2],
      'has other entries than it says': [[listing('', item('a', 'before'), item('d', 'folder')), dir], 5],
    };
    it('unless it is whole: one that is made like the next ones is taken', async () => {
      await forge([listing('', item('a', 'before'), item('d', 'folder')), dir], 4);
      assert.equal((await backups.importAs('other', 'forged.tar.zst')).entries, 4);
    });
    for (const [what, [members, entries]] of Object.entries(forged)) {
      it(`when it ${what}, though its proof is right`, async () => {
        await forge(members, entries);
        await assert.rejects(backups.importAs('other', 'forged.tar.zst'), (error) => isFailure(error, 'backupDamaged'));
        assertNothing();
      });
    }
  });

  it('is refused when the snapshot it would build on is gone from the store', async () => {
    box.write('a');
    const snapshot = await box.snapshot();
    await backups.backUp(snapshot);
    await box.snapshot();
    await box.delete(snapshot);
    await assert.rejects(
      backups.backUp(),
      (error) => isFailure(error, 'snapshotNotFound') && error.details.snapshot === snapshot.id,
    );
  });
});
