import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Entry } from '../../src/core/entry';
import { decodeEntries, decodeHeader, decodeTrailer, encodeEntry, encodeFact } from '../../src/core/manifest';

const anyName = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const nanoseconds = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

const anyEntry: fc.Arbitrary<Entry> = fc.record(
  {
    path: anyName,
    type: fc.constantFrom('file', 'directory', 'symlink', 'fifo', 'char', 'block'),
    mode: fc.nat(0o7777),
    uid: fc.nat(4294967295),
    gid: fc.nat(4294967295),
    size: fc.maxSafeNat(),
    mtime: nanoseconds,
    ctime: nanoseconds,
    ino: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    nlink: fc.nat(65000),
    target: anyName,
    rdev: fc.nat(),
    xattrs: fc.array(fc.tuple(anyName, anyName), { minLength: 1, maxLength: 3 }),
    lostXattrs: fc.constant(true as const),
    object: fc.constant('20261122T174439123Z-a1b2c3/00/17'),
  },
  { requiredKeys: ['path', 'type', 'mode', 'uid', 'gid', 'size', 'mtime', 'ctime', 'ino', 'nlink'] },
);

describe('a line of a manifest', () => {
  it('gives back any entry exactly, through latin1 bytes and without a line break in it', () => {
    fc.assert(
      fc.property(anyEntry, (entry) => {
        const line = encodeEntry(entry);
        assert.equal(line.indexOf('\n'), line.length - 1);
        const read = Buffer.from(line, 'latin1').toString('latin1');
        assert.deepEqual(decodeEntries(read), [{ ...entry }]);
        assert.deepEqual(decodeEntries(read + read), [{ ...entry }, { ...entry }]);
      }),
    );
  });

  it('reads naturally in UTF-8', () => {
    const path = Buffer.from('größe/файл').toString('latin1');
    const entry = { path, type: 'file', mode: 0o644, uid: 0, gid: 0, size: 3, mtime: 1n, ctime: 2n, ino: 3n, nlink: 1 };
    const bytes = Buffer.from(encodeEntry({ ...entry, object: 's/00/0' } as Entry), 'latin1');
    assert.equal(bytes.toString('utf8'), '["größe/файл","f",420,0,0,3,"1","2","3",1,{"object":"s/00/0"}]\n');
  });

  it('is refused when it is not one', () => {
    for (const line of [
      '{}',
      '[1]',
      '["a","?",0,0,0,0,"0","0","0",1]',
      '["a","f",0,0,0,0,"x","0","0",1]',
      '["a","f"',
    ]) {
      assert.throws(() => decodeEntries(`${line}\n`), line);
    }
  });
});

describe('the header and trailer of a manifest', () => {
  it('keep names beyond latin1', () => {
    const header = {
      format: 1 as const,
      volume: { name: 'データ', createdAt: 'now' },
      snapshot: 's',
      stamp: '1',
      fileSystem: 0xef53,
      device: '1',
      root: '2:1',
    };
    const bytes = Buffer.from(encodeFact(header), 'latin1');
    assert.deepEqual(decodeHeader(bytes.toString('latin1')), header);
  });

  it('are refused in another format, or when they are something else', () => {
    assert.throws(() => decodeHeader('{"format":2}'), /format 2 is not known/);
    assert.throws(() => decodeTrailer('["a"]'));
    assert.throws(() => decodeTrailer('{"entries":1}'));
  });
});
