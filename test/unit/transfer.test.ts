import assert from 'node:assert/strict';
import type { Entry } from '../../src/core/entry';
import { decodeManifest, encodeManifest, type ManifestHeader } from '../../src/core/manifest';
import { plainEntry } from '../../src/core/recorded';
import { Pipe } from '../../src/core/transfer/pipe';
import { deltaOf, withDelta } from '../../src/core/transfer/recordsDelta';
import { decodeWanted, encodeWanted } from '../../src/core/transfer/wanted';

describe('what goes to another engine', () => {
  it('of a list of entries, is what differs from an earlier one, and makes the same list of it', () => {
    const before = recorded([folder(''), file('a', 1), file('b', 2), file('c', 3), file('d', 4), file('e', 5)]);
    for (const [what, now, fresh] of [
      ['nothing', before, []],
      ['a file more', [folder(''), file('a', 1), file('aa', 9), ...plain(before).slice(2)], ['aa']],
      ['files less', [folder(''), file('b', 2), file('e', 5)], []],
      [
        'new content, of another snapshot',
        [folder(''), { ...file('a', 1), object: 'other/00/0' }, file('b', 2)],
        ['a'],
      ],
      ['another number of the same snapshot', [folder(''), file('a', 2)], ['a']],
      ['new metadata', [folder(''), { ...file('a', 1), mode: 0o600 }, { ...file('b', 2), target: 'x' }], ['a', 'b']],
      ['another order', [folder(''), file('e', 5), file('a', 1)], []],
    ] as const) {
      const after = recorded(now);
      const delta = deltaOf(before, after);
      assert.deepEqual(
        delta.fresh.map(({ path }) => path),
        fresh,
        what,
      );
      const received = { ...delta, fresh: recorded(plain(delta.fresh)) };
      assert.deepEqual(plain(withDelta(before, received)), plain(after), what);
    }
    const { steps } = deltaOf(before, before);
    assert.deepEqual(steps, [[0, 6, 0]]);
    assert.throws(() => withDelta(before.slice(1), { steps, fresh: [] }));
    assert.throws(() => withDelta(before, { steps, fresh: before }));
  });

  it('of what is wanted, is said in runs, but for what may be there already', () => {
    const lines = [...encodeWanted([0, 1, 2, 5, 6, 8, 9], new Map([[6, 'digest']]))].map(String);
    assert.deepEqual(lines, ['[0,3]\n', '[5,1]\n', '[6,"digest"]\n', '[8,2]\n']);
    assert.deepEqual(
      lines.map((line) => decodeWanted(line)),
      [
        { from: 0, count: 3 },
        { from: 5, count: 1 },
        { from: 6, digest: 'digest' },
        { from: 8, count: 2 },
      ],
    );
    for (const wrong of ['[]', '[1]', '["1",2]', '{}', 'x']) assert.throws(() => decodeWanted(wrong), wrong);
  });

  it('waits in a pipe for its reader, and for nobody after a failure', async () => {
    const controller = new AbortController();
    const pipe = new Pipe(controller.signal);
    const written: number[] = [];
    const writing = (async () => {
      for (let n = 0; n < 20; n++) {
        await pipe.write(Buffer.of(n));
        written.push(n);
      }
      pipe.end();
    })();
    await new Promise(setImmediate);
    assert.ok(written.length < 5, `${written.length} pieces are in memory`);
    const read: number[] = [];
    for await (const [byte] of pipe.read()) read.push(byte!);
    await writing;
    assert.deepEqual([read, pipe.bytes], [[...Array(20).keys()], 20]);

    const stuck = new Pipe(controller.signal);
    const waiting = [
      stuck.read().next(),
      (async () => {
        for (;;) await pipe.write(Buffer.of(0));
      })(),
    ];
    controller.abort();
    for (const each of waiting) await assert.rejects(each, /cancelled/);
  });
});

const header: ManifestHeader = {
  format: 2,
  volume: { name: 'v', createdAt: '' },
  snapshot: 's',
  stamp: '0',
  fileSystem: 0,
  device: '',
  root: '',
};

/** As they are read from a manifest. */
function recorded(entries: readonly Entry[]): readonly Entry[] {
  return decodeManifest(Buffer.concat(encodeManifest(header, entries))).entries;
}

function plain(entries: readonly Entry[]): Entry[] {
  return entries.map(plainEntry);
}

function file(path: string, n: number): Entry {
  return { ...folder(path), type: 'file', size: n, ino: BigInt(n), object: `snapshot-${n % 2}/00/${n}` };
}

function folder(path: string): Entry {
  return { path, type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0, mtime: 1n, ctime: 2n, ino: 99n, nlink: 1 };
}
