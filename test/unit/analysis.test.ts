import assert from 'node:assert/strict';
import { analysisOf } from '../../src/core/analysis/analysis';
import type { Entry } from '../../src/core/entry';

const at = Date.parse('2026-03-10T00:00:00Z');

function entry(path: string, size: number, said: Partial<Entry> & { days?: number } = {}): Entry {
  const { days = 0, ...others } = said;
  const mtime = BigInt(at - days * 86_400_000) * 1_000_000n;
  return {
    ...{
      path,
      size,
      type: 'file',
      mode: 0o644,
      uid: 0,
      gid: 0,
      mtime,
      ctime: mtime,
      ino: BigInt(path.length),
      nlink: 1,
    },
    object: `object of ${path} ${size}`,
    ...others,
  };
}

const folder = (path: string) => entry(path, 0, { type: 'directory' });
const before = [
  ...[folder(''), folder('logs'), folder('logs/old'), entry('logs/old/a', 5_000_000), entry('logs/b', 200)],
  ...[entry('gone', 70), entry('same', 9, { days: 400 })],
];
const after = [
  ...[
    folder(''),
    folder('logs'),
    folder('logs/old'),
    entry('logs/old/a', 6_000_000),
    entry('logs/b', 200, { days: 10 }),
  ],
  ...[
    entry('same', 9, { days: 400 }),
    entry('new', 300, { nlink: 2, ino: 99n }),
    entry('twin', 300, { nlink: 2, ino: 99n }),
  ],
];

describe('the analysis of a volume', () => {
  const analysis = analysisOf(after, at, before);

  it('names the largest folders, with what is below them, and the largest files', () => {
    assert.deepEqual(analysis.largestFolders, [
      { path: 'logs', bytes: 6_000_200, files: 2 },
      { path: 'logs/old', bytes: 6_000_000, files: 1 },
    ]);
    assert.deepEqual(
      analysis.largestFiles.map(({ path, bytes }) => [path, bytes]),
      [
        ...[
          ['logs/old/a', 6_000_000],
          ['new', 300],
          ['logs/b', 200],
          ['same', 9],
        ],
        ['twin', 0], // another name of `new`
      ],
    );
    assert.deepEqual([analysis.files, analysis.folders, analysis.bytes], [5, 2, 6_000_509]);
  });

  it('counts files by size and by age', () => {
    assert.deepEqual(
      analysis.bySize.map(({ below, files }) => [below, files]),
      [
        [1_000, 4],
        [100_000, 0],
        [10_000_000, 1],
        [1_000_000_000, 0],
        [undefined, 0],
      ],
    );
    assert.deepEqual(
      analysis.byAge.map(({ below, files }) => [below, files]),
      [
        [1, 3],
        [7, 0],
        [30, 1],
        [365, 0],
        [undefined, 1],
      ],
    );
  });

  it('says what has changed most since another snapshot, by content and not by time', () => {
    const { differences } = analysis;
    assert.deepEqual(differences?.added, { files: 2, bytes: 600 });
    assert.deepEqual(differences.changed, { files: 1, bytes: 6_000_000 });
    assert.deepEqual(differences.removed, { files: 1, bytes: 70 });
    assert.deepEqual(differences.folders[0], { path: 'logs', bytes: 6_000_000, files: 1 });
    assert.deepEqual(
      differences.files.map(({ path, how }) => [path, how]),
      [
        ['logs/old/a', 'changed'],
        ['new', 'added'],
        ['twin', 'added'],
        ['gone', 'removed'],
      ],
    );
  });
});
