import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Volume } from '../../src/core/engine';
import type { Api } from '../../src/extension';
import type { TestEngine } from '../fixtures/engine';
import { activated, connectLikeExtension, run, snapshotsOf, volumeNode } from './extension';
import { Person } from './person';

describe('backups', () => {
  let api: Api;
  let test: TestEngine;
  let volume: Volume;
  let folder: string;
  let file: string;

  before(async () => {
    api = await activated();
    test = await connectLikeExtension();
  });
  after(() => test[Symbol.asyncDispose]());
  beforeEach(async () => {
    volume = await test.createVolume();
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'backups-'));
    file = path.join(folder, 'the backup.tar.zst');
    await write('good');
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const write = (text: string) => test.run(volume, ['sh', '-c', `printf ${text} > /data/file`]);

  it('are written where a person says, of a snapshot that is taken for it and stays', async () => {
    using person = new Person().willAnswer(file);
    await run('exportVolume', await volumeNode(api, volume.name));
    assert.match(person.last, /backed up to the backup\.tar\.zst \(\d+ B\) in [\d.]+ s\.$/);
    assert.match(person.suggested, new RegExp(`/${volume.name}@\\d{8}T\\d{6}Z\\.tar\\.zst$`));
    assert.deepEqual(fs.readdirSync(folder), ['the backup.tar.zst']);
    const snapshots = await snapshotsOf(api, volume.name);
    assert.deepEqual(
      snapshots.map(({ entry }) => entry.note),
      ['for a backup'],
    );
  });

  it('of a snapshot take no other one', async () => {
    await run('snapshot', await volumeNode(api, volume.name));
    const [snapshot] = await snapshotsOf(api, volume.name);
    using _person = new Person().willAnswer(file);
    await run('exportVolume', snapshot);
    assert.ok(fs.existsSync(file));
    assert.equal((await snapshotsOf(api, volume.name)).length, 1);
  });

  it('are not begun when nobody says where', async () => {
    using person = new Person().willAnswer(undefined);
    await run('exportVolume', await volumeNode(api, volume.name));
    assert.deepEqual(person.heard, []);
    assert.deepEqual(await snapshotsOf(api, volume.name), []);
  });
});
