import * as assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { aclFromText, aclToText } from '../../src/core/archive/aclText';
import { decodeRecords, decodeTime, encodeRecords, encodeTime } from '../../src/core/archive/paxRecords';
import { encodeSparseMap, SparseMapReader, type Extent } from '../../src/core/archive/sparseMap';
import { blockBytes, decodeUstar, encodeUstar } from '../../src/core/archive/ustar';
import type { BackupManifest } from '../../src/core/backup/backupManifest';
import { decodeTrailer, encodeTrailer, footerBytes, trailerBytes } from '../../src/core/backup/trailer';

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array).toString('latin1'));

describe('records of a pax header', () => {
  it('are read as they were written, whatever bytes they hold', () => {
    const key = fc.stringMatching(/^[A-Za-z.]{1,120}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(key, bytes), { maxLength: 12 }), (pairs) => {
        const records = new Map(pairs);
        assert.deepEqual(decodeRecords(encodeRecords(records)), records);
      }),
    );
  });

  it('count their own length', () => {
    // 9 and 99: with one digit more, the length grows itself.
    for (let length = 0; length < 200; length++) {
      const record = encodeRecords(new Map([['k', 'v'.repeat(length)]]));
      assert.equal(Number(record.toString().split(' ')[0]), record.length);
    }
  });

  it('are refused when they are cut or not records', () => {
    const whole = encodeRecords(new Map([['path', './some/file']]));
    for (let cut = 1; cut < whole.length; cut++) assert.throws(() => decodeRecords(whole.subarray(0, cut)));
    for (const text of ['x', '0 =\n', '-5 a=b\n', '99 a=b\n', '6 abcd\n', '6 a=bcd']) {
      assert.throws(() => decodeRecords(Buffer.from(text)), text);
    }
  });

  it('say times to the nanosecond, before 1970 too', () => {
    assert.equal(encodeTime(1500000000_000000000n), '1500000000');
    assert.equal(encodeTime(-1_500000000n), '-1.5');
    assert.equal(encodeTime(-1n), '-0.000000001');
    fc.assert(fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n }), (ns) => decodeTime(encodeTime(ns)) === ns));
  });
});

describe('a header block', () => {
  it('is read as it was written', () => {
    const id = fc.nat(0o7777777);
    const header = fc.record({
      name: fc.stringMatching(/^\.\/[a-z/]{0,90}$/),
      mode: fc.nat(0o7777),
      uid: id,
      gid: id,
      size: fc.nat(),
      mtime: fc.nat(),
      type: fc.constantFrom('0', '1', '2', '5'),
      linkname: fc.stringMatching(/^[a-z]{0,100}$/),
      major: fc.nat(4095),
      minor: fc.nat(1048575),
    });
    fc.assert(fc.property(header, (each) => assert.deepEqual(decodeUstar(encodeUstar(each)), { ...each })));
  });

  it('is refused when a bit of it has flipped', () => {
    const block = encodeUstar({ name: './a', mode: 0o644, uid: 1, gid: 2, size: 3, mtime: 4, type: '0' });
    const afterChecksum = 155;
    for (let at = 0; at < blockBytes; at++) {
      if (at === afterChecksum) continue;
      const flipped = Buffer.from(block);
      flipped[at]! ^= 1;
      assert.throws(() => decodeUstar(flipped), `byte ${at}`);
    }
  });
});

describe('the map of a file with holes', () => {
  it('is read as it was written', () => {
    const gaps = fc.array(fc.tuple(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 1e9 })), {
      maxLength: 100,
    });
    fc.assert(
      fc.property(gaps, fc.nat(1e6), (pairs, hole) => {
        const extents: Extent[] = [];
        let at = 0;
        for (const [gap, data] of pairs) {
          extents.push([at + gap, at + gap + data]);
          at += gap + data;
        }
        const map = encodeSparseMap(extents, at + hole);
        const reader = new SparseMapReader();
        let read: Extent[] | undefined;
        for (let from = 0; from < map.length; from += blockBytes) {
          assert.equal(read, undefined, 'complete before its end');
          read = reader.push(map.subarray(from, from + blockBytes), at + hole);
        }
        assert.deepEqual(read, extents);
      }),
    );
  });

  it('is refused when it goes back, overlaps, or leaves the file', () => {
    for (const text of [
      '2\n5\n5\n0\n1\n',
      '2\n0\n9\n5\n9\n',
      '1\n0\n101\n',
      '1\n-1\n5\n',
      '1\nx\n5\n',
      '9'.repeat(40),
    ]) {
      assert.throws(() => new SparseMapReader().push(Buffer.from(text.padEnd(blockBytes, '\0')), 100), text);
    }
  });
});

describe('an ACL as text', () => {
  it('is that of GNU tar', () => {
    const kernel = Buffer.from('02000000010006ffffffffff020007d204000004000400ffffffff', 'hex');
    assert.equal(aclToText(kernel.toString('latin1')), undefined, 'one that is cut');
    const whole = [2, [1, 6, -1], [2, 7, 1234], [4, 4, -1], [16, 5, -1], [32, 0, -1]] as const;
    assert.equal(aclToText(kernelAcl(whole)), 'user::rw-,user:1234:rwx,group::r--,mask::r-x,other::---');
  });

  it('is the same ACL again', () => {
    const permissions = fc.nat(7);
    const named = (tag: number) =>
      fc.array(fc.tuple(fc.constant(tag), permissions, fc.nat(0xfffffffe)), { maxLength: 5 });
    const rest = fc.tuple(permissions, permissions, permissions, permissions);
    fc.assert(
      fc.property(named(2), named(8), rest, (users, groups, [user, group, mask, other]) => {
        const acl = kernelAcl([2, [1, user, -1], ...users, [4, group, -1], ...groups, [16, mask, -1], [32, other, -1]]);
        assert.equal(aclFromText(aclToText(acl)!), acl);
      }),
    );
  });

  it('is refused when it is none', () => {
    for (const text of [
      '',
      'user::rw',
      'user:name:rwx',
      'mask:5:rwx',
      'other::rwx,',
      'user:4294967296:rwx',
      'x::rwx',
    ]) {
      assert.throws(() => aclFromText(text), text);
    }
  });
});

describe('the end of a backup', () => {
  const manifest: BackupManifest = {
    format: 1,
    tool: 'größe 1.0',
    madeAt: '2026-11-23T20:00:00.000Z',
    snapshot: {
      id: '20261122T174439123Z-a1b2c3',
      volume: { name: 'db', createdAt: '', driver: 'local', labels: { 'a label': 'ü' }, options: {} },
      time: '2026-11-22T17:44:39.123Z',
      kind: 'user',
      note: 'before the migration',
      consistency: 'paused',
      users: [{ name: 'db-1', image: 'postgres:17' }],
      databases: [{ kind: 'postgresql', version: '17' }],
      losses: [{ kind: 'socket', count: 1, path: 's' }],
      entries: 2,
      files: 1,
      totalBytes: 5,
      frozenMs: 80.5,
    },
    archive: { entries: 2, tarBytes: 4096, compressedBytes: 20 },
  };
  const archive = Buffer.from('the frames before it');
  const trailer = encodeTrailer(manifest, createHash('sha256').update(archive));

  it('is found from the last bytes alone, and says what it was given', () => {
    assert.equal(trailerBytes(trailer.subarray(-footerBytes)), trailer.length);
    assert.deepEqual(decodeTrailer(trailer).manifest, manifest);
  });

  it('proves all bytes of the file before its last ones', () => {
    const file = Buffer.concat([archive, trailer]);
    const expected = createHash('sha256').update(file.subarray(0, -footerBytes)).digest();
    assert.deepEqual(decodeTrailer(trailer).sha256, expected);
  });

  it('is refused when the manifest is not what one is, though the proof is right', () => {
    const withSnapshot = (change: object) => ({ ...manifest, snapshot: { ...manifest.snapshot, ...change } });
    const others: Record<string, object> = {
      'a newer format': { ...manifest, format: 2 },
      'no archive': { ...manifest, archive: undefined },
      'members in words': { ...manifest, archive: { ...manifest.archive, entries: 'many' } },
      'fewer members than none': { ...manifest, archive: { ...manifest.archive, entries: -1 } },
      'no time': withSnapshot({ time: 'yesterday' }),
      'an unknown consistency': withSnapshot({ consistency: 'good' }),
      'labels that are no text': withSnapshot({ volume: { ...manifest.snapshot.volume, labels: { a: {} } } }),
      'a note that is no text': withSnapshot({ note: { toString: 1 } }),
    };
    for (const [what, other] of Object.entries(others)) {
      const end = encodeTrailer(other as BackupManifest, createHash('sha256'));
      assert.throws(() => decodeTrailer(end), what);
    }
  });

  it('is not seen where a file was cut, or ends with something else', () => {
    const file = Buffer.concat([archive, trailer]);
    for (let cut = 0; cut < file.length; cut++) {
      assert.equal(trailerBytes(file.subarray(Math.max(0, cut - footerBytes), cut)), undefined);
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (end) => trailerBytes(Buffer.from(end)) === undefined));
  });
});

type KernelAcl = readonly [version: number, ...entries: (readonly [tag: number, permissions: number, id: number])[]];

function kernelAcl([version, ...entries]: KernelAcl): string {
  const value = Buffer.alloc(4 + 8 * entries.length);
  value.writeUInt32LE(version);
  entries.forEach(([tag, permissions, id], n) => {
    value.writeUInt16LE(tag, 4 + 8 * n);
    value.writeUInt16LE(permissions, 6 + 8 * n);
    value.writeUInt32LE(id >>> 0, 8 + 8 * n);
  });
  return value.toString('latin1');
}
