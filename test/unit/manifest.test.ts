import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Entry } from '../../src/core/entry';
import { decodeManifest, encodeManifest, type ManifestHeader } from '../../src/core/manifest';
import { plainEntry, Recorded } from '../../src/core/recorded';

const anyName = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const nanoseconds = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

/** As a scan sees it: devices have a number, and nothing else has one. */
const isSeen = ({ type, rdev }: Entry) => (rdev !== undefined) === (type === 'char' || type === 'block');

const anyEntry: fc.Arbitrary<Entry> = fc
  .record(
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
      object: fc.constantFrom('20261122T174439123Z-a1b2c3/00/17', '20261123T174439123Z-b1b2c3/04/4097'),
    },
    { requiredKeys: ['path', 'type', 'mode', 'uid', 'gid', 'size', 'mtime', 'ctime', 'ino', 'nlink'] },
  )
  .filter(isSeen);

const header: ManifestHeader = {
  format: 2,
  volume: { name: 'データ', createdAt: 'now' },
  snapshot: 's',
  stamp: '1',
  fileSystem: 0xef53,
  device: '1',
  root: '2:1',
};

const bytesOf = (entries: readonly Entry[]) => Buffer.concat(encodeManifest(header, entries));
const thereAndBack = (entries: readonly Entry[]) => decodeManifest(bytesOf(entries)).entries;

describe('a manifest', () => {
  it('gives back its header and any entries exactly', () => {
    assert.deepEqual(decodeManifest(bytesOf([])), { header, entries: [] });
    fc.assert(
      fc.property(fc.array(anyEntry), (entries) => {
        assert.deepEqual(thereAndBack(entries).map(plainEntry), entries.map(plainEntry));
      }),
    );
  });

  it('takes over records of other manifests, in any order and between other entries', () => {
    fc.assert(
      fc.property(fc.array(anyEntry), fc.array(anyEntry), fc.infiniteStream(fc.nat(2)), (some, others, choices) => {
        const sources = [[...thereAndBack(some)], [...thereAndBack(others)].reverse(), [...some]];
        const mixed: Entry[] = [];
        for (const choice of choices) {
          const next = sources[choice]?.shift() ?? sources.find(({ length }) => length > 0)?.shift();
          if (!next) break;
          mixed.push(next);
        }
        const read = thereAndBack(mixed);
        assert.ok(read.every((entry) => entry instanceof Recorded));
        assert.deepEqual(read.map(plainEntry), mixed.map(plainEntry));
      }),
    );
  });

  it('names only the snapshots whose objects are in it', () => {
    const entries = ['a/00/0', 'b/00/0'].map((object) => ({ ...fileAt(object), object }));
    const [, second] = thereAndBack(entries);
    assert.match(bytesOf(entries).toString('latin1'), /"objectsOf":\["a","b"\]/);
    assert.match(bytesOf([second!]).toString('latin1'), /"objectsOf":\["b"\]/);
  });

  it('is refused when it is cut, longer, of another format, or something else', () => {
    const whole = bytesOf([plainEntry(thereAndBack([fileAt('a')])[0]!), fileAt('b')]);
    for (let end = 0; end < whole.length; end++) assert.throws(() => decodeManifest(whole.subarray(0, end)), `${end}`);
    assert.throws(() => decodeManifest(Buffer.concat([whole, Buffer.alloc(4)])));
    assert.throws(() => decodeManifest(Buffer.from('{"format":1}\n')), /format 1 is not known/);
    assert.throws(() => decodeManifest(Buffer.from('hello\n')));
  });

  it('is refused when its records lie', () => {
    const whole = bytesOf([fileAt('a')]);
    const start = whole.indexOf('\n') + 1;
    for (const [offset, value] of [
      [0, 0],
      [0, 88],
      [0, 4_000],
      [4, 9_000],
      [4, -4],
      [20, 0],
      [80, 1],
    ] as const) {
      const forged = Buffer.from(whole);
      forged.writeInt32LE(value, start + offset);
      assert.throws(() => decodeManifest(forged), /not an entry/, `${offset}: ${value}`);
    }
  });

  it('refuses an object that would lead out of the store', () => {
    for (const object of ['../../etc/passwd', 's/00/..', 's/01/0', '/s/00/0']) {
      assert.throws(() => bytesOf([{ ...fileAt('a'), object }]), /not an object/, object);
    }
    const forged = bytesOf([{ ...fileAt('a'), object: 'snapshot/00/0' }]);
    forged.write('../shots', forged.indexOf('"snapshot"]') + 1);
    assert.throws(() => decodeManifest(forged), /not a name/);
  });
});

function fileAt(path: string): Entry {
  return { path, type: 'file', mode: 0, uid: 0, gid: 0, size: 1, mtime: 1n, ctime: 1n, ino: 1n, nlink: 1 };
}
