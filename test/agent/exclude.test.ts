import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { withoutExcluded } from '../../src/agent/archive/excluded';
import type { Entry } from '../../src/core/entry';
import { BackupsOf } from './backupsOf';
import { useDisk } from './disk';
import { assertSameTree, describeTree, Sandbox } from './sandbox';

describe('what is left out of a backup', function () {
  this.timeout(60_000);
  const disk = useDisk('ext4', 256);

  const entries = ['', 'a.log', 'cache', 'cache/deep', 'cache/deep/x', 'cache2', 'd', 'd/a.log', 'd/cache', 'd/cafÃ©']
    .concat('d/new\nline.log', 'd/tmp', 'd/tmp/x', 'tmp')
    .map((path) => {
      const isFolder = ['', 'cache', 'cache/deep', 'd', 'd/tmp'].includes(path);
      return { path, type: isFolder ? 'directory' : 'file', size: isFolder ? 0 : 10 } as Entry;
    });
  const table: [pattern: string, ...out: string[]][] = [
    ['*.log', 'a.log', 'd/a.log', 'd/new\nline.log'],
    ['/*.log', 'a.log'],
    ['cache', 'cache', 'cache/deep', 'cache/deep/x', 'd/cache'],
    ['cache/**', 'cache/deep', 'cache/deep/x'],
    ['/cache', 'cache', 'cache/deep', 'cache/deep/x'],
    ['tmp/', 'd/tmp', 'd/tmp/x'],
    ['d/*/x', 'd/tmp/x'],
    ['**/x', 'cache/deep/x', 'd/tmp/x'],
    ['café', 'd/cafÃ©'],
    ['!a.log'],
    ['{a,b}.log', 'a.log', 'd/a.log'],
    ['nothing'],
  ];
  it('is what a pattern says, byte for byte, and all that is below it', () => {
    for (const [pattern, ...out] of table) {
      const { kept, exclusion } = withoutExcluded(entries, [pattern]);
      const left = new Set(kept.map(({ path }) => path));
      assert.deepEqual(
        entries.flatMap(({ path }) => (left.has(path) ? [] : [path])),
        out,
        pattern,
      );
      assert.deepEqual(exclusion!.entries, out.length, pattern);
    }
    assert.deepEqual(
      withoutExcluded(entries, ['*']).kept.map(({ path }) => path),
      [''],
    );
  });

  it('is not in it, nor in what builds on it, and both say so', async () => {
    const box = new Sandbox(disk.path);
    const backups = new BackupsOf(box, ['cache/**', '*.log']);
    for (const name of ['kept', 'cache/a', 'cache/b/c', 'd/x.log', 'd/y']) box.write(name);
    fs.linkSync(box.file('d/y'), box.file('twin.log'));
    fs.linkSync(box.file('d/y'), box.file('z twin'));
    const without = () => {
      execFileSync(
        'sh',
        [
          '-c',
          'cp -a "$0" /proc/self/cwd/copy && cd copy && touch -r "$0" . && rm -r cache/* d/x.log twin.log && touch -r "$0/cache" cache && touch -r "$0/d" d && touch -r "$0" .',
          box.volume,
        ],
        { cwd: box.base },
      );
      const tree = describeTree(`${box.base}/copy`);
      fs.rmSync(`${box.base}/copy`, { recursive: true });
      return tree;
    };
    const full = await backups.backUp();
    const first = without();
    box.write('cache/a', 'another one');
    box.write('kept', 'changed');
    box.write('d/new');
    const second = await backups.backUp();
    assertSameTree(await backups.restored(second), without());
    assertSameTree(await backups.restored(full), first);
    await using chain = await backups.chain(second);
    const { manifest } = chain.newest;
    const { patterns, entries: count, files } = manifest.excluded!;
    assert.deepEqual(
      { format: manifest.format, patterns, count, files },
      { format: 3, patterns: ['cache/**', '*.log'], count: 5, files: 4 },
    );
    const imported = await backups.importAs('third', second);
    assert.deepEqual(imported.losses, [{ kind: 'excluded', count: 5, path: 'cache/a' }]);
  });
});
