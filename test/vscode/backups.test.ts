import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Volume } from '../../src/core/engine';
import type { Api } from '../../src/extension';
import { never, type TestEngine } from '../fixtures/engine';
import { activated, connectLikeExtension, run, snapshotsOf, until, volumeNode } from './extension';
import { Person, theFirst } from './person';

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

  const read = async (name: string) => {
    const from = await test.engine.inspectVolume(name, never);
    return (await test.run(from, ['cat', '/data/file'])).toString();
  };

  const backUp = async () => {
    using _person = new Person().willAnswer(file);
    await run('exportVolume', await volumeNode(api, volume.name));
  };

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

  it('are restored to a new volume, under whose name nothing was', async () => {
    await backUp();
    using person = new Person().willAnswer(file, theFirst, `${volume.name}-2`);
    await run('importBackup');
    assert.match(person.last, /^the backup\.tar\.zst restored to the new volume .*-2 in [\d.]+ s\./);
    assert.equal(await read(`${volume.name}-2`), 'good');
    const [snapshot] = await snapshotsOf(api, `${volume.name}-2`);
    assert.equal(snapshot?.entry.note, 'from the backup.tar.zst');
    await test.engine.removeVolume(`${volume.name}-2`);
  });

  it('are restored to the volume that is clicked on, after a question, and that can be undone', async () => {
    await backUp();
    using person = new Person().willAnswer(file, 'Restore', 'Undo');
    await write('damaged');
    await run('importBackup', await volumeNode(api, volume.name));
    const question = person.heard.find((text) => text.endsWith('?'));
    assert.equal(question, `Restore “${volume.name}” from the backup “the backup.tar.zst”?`);
    assert.match(person.details.join(), /safety snapshot/);
    // Not by looking into the volume again and again: whoever looks uses it.
    await until(() => person.last.includes(' was undone in '));
    assert.equal(await read(volume.name), 'damaged');
    assert.ok(person.heard.some((text) => / restored in [\d.]+ s/.test(text)));
  });

  it('that are none are refused before anything is asked', async () => {
    fs.writeFileSync(file, 'no backup');
    using person = new Person().willAnswer(file);
    await run('importBackup', await volumeNode(api, volume.name));
    assert.match(person.last, /does not end as a backup does/);
    assert.equal(await read(volume.name), 'good');
  });

  it('are not begun when nobody says where', async () => {
    using person = new Person().willAnswer(undefined);
    await run('exportVolume', await volumeNode(api, volume.name));
    assert.deepEqual(person.heard, []);
    assert.deepEqual(await snapshotsOf(api, volume.name), []);
  });
});
