import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { encodeMember } from '../../src/core/archive/member';
import { paddingAfter } from '../../src/core/archive/ustar';
import type { BackupManifest } from '../../src/core/backup/backupManifest';
import { encodeTrailer } from '../../src/core/backup/trailer';
import type { Entry } from '../../src/core/entry';
import { Cancelled, Failure } from '../../src/core/failure';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import { backUp, opened } from './backup';
import { useDisk } from './disk';
import { assertSameTree, describeTree, never, runFixture, Sandbox, specOf } from './sandbox';

const isDamaged = (error: unknown) =>
  error instanceof Failure && (error.code === 'backupDamaged' || error.code === 'backupWithoutProof');
const isTooNew = (error: unknown) => error instanceof Failure && error.code === 'backupTooNew';

describe('a backup that is imported', function () {
  this.timeout(120_000);
  const disk = useDisk('ext4', 1024);
  let box: Sandbox;
  beforeEach(() => {
    box = new Sandbox(disk.path);
  });
  afterEach(() => {
    for (const name of fs.readdirSync(disk.path)) fs.rmSync(path.join(disk.path, name), { recursive: true });
  });

  /** Into a volume that has had no snapshot. */
  const importInto = (name: string, backup: string, signal = never): Promise<SnapshotEntry> =>
    box.withAgent(async (agent) => {
      await using file = await opened(backup);
      const params = { volume: specOf(name), note: 'from afar', trailers: [file.trailer.toString('base64')] };
      return await agent.request('snapshot.unpack', params, { signal, input: file.archive(never) });
    });
  /** Nothing is there of a volume that nothing was imported into. */
  const assertNothingOf = (name: string) => {
    assert.ok(
      !fs.existsSync(path.join(box.store, 'volumes', name)),
      fs.readdirSync(path.join(box.store, 'volumes')).join(),
    );
    assert.deepEqual(
      box.catalog().filter((file) => file.startsWith(name)),
      [],
    );
  };
  const assertRefused = async (backup: string, why = '', isExpected = isDamaged) => {
    await assert.rejects(importInto('other', backup), isExpected, why);
    assertNothingOf('other');
  };

  it('is a snapshot like the one that it was made from, and the same tree when it is restored', async () => {
    runFixture('make-awkward-tree.py', box.volume);
    const before = describeTree(box.volume);
    const snapshot = await box.snapshot(undefined, { users: [{ name: 'db', image: 'postgres:17' }] });
    const backup = await backUp(box, snapshot);
    box.spec = specOf('other');
    const imported = await importInto('other', backup);
    assertSameTree(await box.contentOf(imported), before);
    for (const same of ['time', 'entries', 'files', 'totalBytes', 'losses', 'users', 'consistency'] as const) {
      assert.deepEqual(imported[same], snapshot[same], same);
    }
    assert.equal(imported.note, 'from afar');
  });

  it('is backed up again to the same archive', async () => {
    runFixture('make-awkward-tree.py', box.volume);
    const first = await backUp(box, await box.snapshot());
    box.spec = specOf('other');
    const second = await backUp(box, await importInto('other', first));
    const tarOf = (backup: string) => execFileSync('zstd', ['-dcq', backup], { maxBuffer: 1 << 30 });
    assert.ok(tarOf(second).equals(tarOf(first)));
  });

  it('proves nothing to the next snapshot, which copies what it has not seen', async () => {
    box.write('file', 'then');
    const backup = await backUp(box, await box.snapshot());
    box.write('file', 'now');
    const imported = await importInto(box.spec.name, backup);
    const after = await box.snapshot();
    assert.equal(after.sequence, imported.sequence + 1);
    await box.restore(imported);
    assert.equal(fs.readFileSync(box.file('file'), 'utf8'), 'then');
    await box.restore(after);
    assert.equal(fs.readFileSync(box.file('file'), 'utf8'), 'now');
  });

  it('is read whole in whatever pieces it comes', async () => {
    // Small frames, whose ends are in many pieces.
    for (let n = 0; n < 3; n++) box.write(`zeros ${n}`, Buffer.alloc(9_000_000, n));
    const before = describeTree(box.volume);
    const backup = await backUp(box, await box.snapshot());
    for (const bytes of [1, 7, 100, 1_000]) {
      const imported = await box.withAgent(async (agent) => {
        await using file = await opened(backup);
        const params = { volume: specOf('other'), note: '', trailers: [file.trailer.toString('base64')] };
        const input = inPieces(file.archive(never), bytes);
        return await agent.request('snapshot.unpack', params, { signal: never, input });
      });
      const other = new Sandbox(disk.path);
      Object.assign(other, { store: box.store, spec: specOf('other') });
      assertSameTree(await other.contentOf(imported), before);
      await other.delete(imported);
    }
  });

  describe('is refused, and leaves nothing,', () => {
    let bytes: Buffer;
    let backup: string;
    let copy: string;
    beforeEach(async () => {
      for (let n = 0; n < 20; n++) box.write(`folder/${n}`, Buffer.alloc(3000 + n, n));
      backup = await backUp(box, await box.snapshot());
      bytes = fs.readFileSync(backup);
      copy = `${backup}.copy`;
    });
    const writing = (content: Buffer) => (fs.writeFileSync(copy, content), copy);
    const archiveOf = async () => {
      await using file = await opened(backup);
      const parts: Uint8Array[] = [];
      for await (const part of file.archive(never)) parts.push(part);
      return Buffer.concat(parts);
    };
    const tarOf = async () => zstdDecompressSync(await archiveOf());
    const manifestOf = async () => {
      await using file = await opened(backup);
      return file.manifest;
    };

    it('when it is cut anywhere', async () => {
      for (let n = 0; n < 40; n++) await assert.rejects(opened(writing(bytes.subarray(0, randomAt(bytes)))), isDamaged);
    });

    it('when its archive is cut anywhere, even between two members, and its end is put back', async () => {
      const archive = await archiveOf();
      const end = bytes.subarray(archive.length);
      for (let n = 0; n < 10; n++)
        await assertRefused(writing(Buffer.concat([archive.subarray(0, randomAt(archive)), end])));
      const tar = await tarOf();
      for (let cut = 1536; cut < tar.length; cut += 4 * 1536) {
        await assertRefused(writing(Buffer.concat([zstdCompressSync(tar.subarray(0, cut)), end])), `cut at ${cut}`);
      }
    });

    const flipped = (at: number, bit: number) => {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << bit;
      return writing(changed);
    };
    const formatAt = () => bytes.lastIndexOf('"format":1') + '"format":'.length;
    it('when any bit of it has flipped', async () => {
      for (let n = 0; n < 40; n++) {
        const at = n < 20 ? randomAt(bytes) : bytes.length - 1 - n;
        // The format's number may become that of a later one, which is told as that: the next test.
        if (at === formatAt()) continue;
        await assertRefused(flipped(at, n % 8), `bit ${n % 8} of byte ${at} of ${bytes.length}`);
      }
    });

    it('when its format is another one', async () => {
      // 5 and 9; with another bit it would be one that is known.
      for (const bit of [2, 3]) await assertRefused(flipped(formatAt(), bit), `bit ${bit}`, isTooNew);
    });

    it('when it ends with the proof of another one', async () => {
      box.write('folder/0', Buffer.alloc(3000, 99));
      const other = fs.readFileSync(await backUp(box, await box.snapshot()));
      const { archive } = await manifestOf();
      await assertRefused(writing(Buffer.concat([bytes.subarray(0, archive.compressedBytes), trailerIn(other)])));
    });

    it('when it is no backup at all', async () => {
      for (const content of ['', 'PK\x03\x04', 'x'.repeat(100)]) {
        await assert.rejects(opened(writing(Buffer.from(content))), isDamaged);
      }
      const tar = await tarOf();
      await assert.rejects(opened(writing(tar)), isDamaged);
      await assert.rejects(opened(writing(zstdCompressSync(tar))), isDamaged);
    });

    it('when it is cancelled, and settles soon', async () => {
      for (let n = 0; n < 40; n++) box.write(`noise ${n}`, execFileSync('head', ['-c', '1000000', '/dev/urandom']));
      const large = await backUp(box, await box.snapshot());
      const controller = new AbortController();
      const done = importInto('other', large, controller.signal);
      setTimeout(() => controller.abort(), 150);
      await assert.rejects(done, Cancelled);
      assertNothingOf('other');
    });

    const entry = (path: string, type: Entry['type'], more: Partial<Entry> = {}): Entry => ({
      ...{ path, type, mode: 0o755, uid: 0, gid: 0, size: 0, mtime: 0n, ctime: 0n, ino: 1n, nlink: 1 },
      ...more,
    });
    const root = encodeMember(entry('', 'directory'));
    const file = (path: string, content: string) => {
      const padding = Buffer.alloc(paddingAfter(content.length));
      return Buffer.concat([
        encodeMember(entry(path, 'file', { size: content.length })),
        Buffer.from(content),
        padding,
      ]);
    };
    it('unless it is whole: one that is made like the next ones is taken', async () => {
      const members = [root, encodeMember(entry('a', 'directory')), file('a/f', 'x')];
      const imported = await importInto('other', writing(made(await manifestOf(), members)));
      assert.equal(imported.entries, 3);
    });

    const hostile: Record<string, Buffer[]> = {
      'a name that leads up': [root, file('../outside', 'x')],
      'a name that leads up in its middle': [root, encodeMember(entry('a', 'directory')), file('a/../../outside', 'x')],
      'an absolute name': [root, file('/outside', 'x')],
      'a file below a symlink': [root, encodeMember(entry('l', 'symlink', { target: '/tmp' })), file('l/outside', 'x')],
      'a file below a file': [root, file('f', 'x'), file('f/g', 'x')],
      'a hard link to outside': [root, encodeMember(entry('h', 'file'), { linkTo: '../../etc/passwd' })],
      'a hard link to nothing': [root, encodeMember(entry('h', 'file'), { linkTo: 'nothing' })],
      'a hard link to a folder': [root, encodeMember(entry('h', 'file'), { linkTo: '' })],
      'two files of one name': [root, file('f', 'x'), file('f', 'y')],
      'no root folder': [file('f', 'x')],
      'a name of no name': [root, file('a//b', 'x')],
    };
    for (const [what, members] of Object.entries(hostile)) {
      it(`when it holds ${what}, though its proof is right`, async () => {
        const outside = ['/outside', '/tmp/outside', `${box.base}/outside`, `${box.store}/outside`];
        await assertRefused(writing(made(await manifestOf(), members)));
        assert.deepEqual(
          outside.filter((each) => fs.existsSync(each)),
          [],
        );
      });
    }

    it('when it holds more than it says', async () => {
      const manifest = await manifestOf();
      const bomb = Buffer.alloc(102_400_000);
      const members = [root, Buffer.concat([encodeMember(entry('bomb', 'file', { size: bomb.length })), bomb])];
      const lying = (archive: Partial<BackupManifest['archive']>) => made(manifest, members, archive);
      await assertRefused(writing(lying({ tarBytes: 10_000 })));
      await assertRefused(writing(lying({ entries: 1 })));
      const full = await importInto('other', writing(lying({ tarBytes: 1e12 }))).catch((error: unknown) => error);
      assert.ok(full instanceof Failure && full.code === 'storeFull');
      assertNothingOf('other');
    });
  });
});

function randomAt(bytes: Buffer): number {
  return Math.floor(Math.random() * bytes.length);
}

function trailerIn(backup: Buffer): Buffer {
  return backup.subarray(backup.lastIndexOf(Buffer.from('5b2a4d18', 'hex')));
}

/** A backup of these members whose proof is right. */
function made(manifest: BackupManifest, members: Buffer[], lies: Partial<BackupManifest['archive']> = {}): Buffer {
  const tar = Buffer.concat([...members, Buffer.alloc(1024)]);
  const frames = zstdCompressSync(tar);
  const entries = members.length;
  const archive = { entries, tarBytes: tar.length, compressedBytes: frames.length, ...lies };
  return Buffer.concat([
    frames,
    encodeTrailer(
      { ...manifest, snapshot: { ...manifest.snapshot, entries }, archive },
      createHash('sha256').update(frames),
    ),
  ]);
}

async function* inPieces(source: AsyncIterable<Uint8Array>, bytes: number) {
  for await (const piece of source) {
    for (let at = 0; at < piece.length; at += bytes) yield piece.subarray(at, at + bytes);
  }
}
