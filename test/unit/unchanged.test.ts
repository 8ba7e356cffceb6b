import * as assert from 'node:assert/strict';
import type { Entry } from '../../src/core/entry';
import { isProvedUnchanged, isSettled, isTrustedFileSystem } from '../../src/core/unchanged';

const second = 1_000_000_000n;
const then: Entry = {
  path: 'f',
  type: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 5,
  mtime: 100n * second + 1n,
  ctime: 100n * second + 1n,
  ino: 7n,
  nlink: 1,
};

describe('an entry is proved unchanged', () => {
  const stamp = 200n * second;

  it('when type, inode, size, mtime and ctime are those of a settled record', () => {
    assert.ok(isProvedUnchanged({ ...then }, then, stamp));
  });

  for (const change of [
    { type: 'symlink' },
    { ino: 8n },
    { size: 6 },
    { mtime: 0n },
    { ctime: 0n },
  ] as Partial<Entry>[]) {
    it(`never when its ${Object.keys(change).join()} differs`, () => {
      assert.ok(!isProvedUnchanged({ ...then, ...change }, then, stamp));
    });
  }

  it('never by a record that was young when it was made', () => {
    assert.ok(!isProvedUnchanged(then, then, then.ctime));
    assert.ok(!isSettled(then, then.ctime + 10_000_000n));
    assert.ok(isSettled(then, then.ctime + 10_000_001n));
  });

  it('never by a whole second that had just begun: the file system may know no fractions', () => {
    const whole = { ...then, ctime: 100n * second };
    assert.ok(!isSettled(whole, 101n * second));
    assert.ok(isSettled(whole, 102n * second + 1n));
  });
});

describe('proof by times', () => {
  it('holds on ext4, xfs, btrfs, zfs and f2fs, and nowhere else', () => {
    for (const magic of [0xef53, 0x58465342, 0x9123683e, 0x2fc12fc1, 0xf2f52010]) assert.ok(isTrustedFileSystem(magic));
    const others = { tmpfs: 0x01021994, nfs: 0x6969, cifs: 0xff534d42, fuse: 0x65735546, overlay: 0x794c7630, none: 0 };
    for (const [name, magic] of Object.entries(others)) assert.ok(!isTrustedFileSystem(magic), name);
  });
});
