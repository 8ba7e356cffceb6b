import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Sandbox } from './sandbox';

describe('the analysis of a volume by the agent', () => {
  const base = fs.mkdtempSync(path.join(tmpdir(), 'analysis-'));
  after(() => fs.rmSync(base, { recursive: true }));

  it('is of the volume as it is, and of a snapshot after the volume has changed, beside the one before', async () => {
    const box = new Sandbox(base);
    const name = '\u00ff\u00fe'; // as bytes, which are no UTF-8
    box.write('folder/big', Buffer.alloc(3_000));
    fs.writeFileSync(Buffer.from(`${box.volume}/folder/${name}`, 'latin1'), 'x');
    const first = await box.snapshot();
    box.write('folder/big', Buffer.alloc(5_000, 1));
    box.write('more', 'y');
    const second = await box.snapshot();
    fs.rmSync(box.file('folder'), { recursive: true });
    const analyse = (of: { snapshot?: string; since?: string }) =>
      box.ask('volume.analyse', { volume: box.spec.name, at: new Date().toISOString(), ...of });

    const { largestFiles, largestFolders, differences } = await analyse({ snapshot: second.id, since: first.id });
    assert.deepEqual(largestFolders, [{ path: 'folder', bytes: 5_001, files: 2 }]);
    assert.deepEqual(
      largestFiles.map(({ path: each }) => each),
      ['folder/big', `folder/${name}`, 'more'],
    );
    assert.deepEqual(differences?.changed, { files: 1, bytes: 5_000 });
    assert.deepEqual(differences.added, { files: 1, bytes: 1 });

    const now = await analyse({ since: second.id });
    assert.deepEqual([now.files, now.bytes], [1, 1]);
    assert.deepEqual(now.differences?.removed, { files: 2, bytes: 5_001 });
    assert.deepEqual(now.differences.changed, { files: 0, bytes: 0 });
  });
});
