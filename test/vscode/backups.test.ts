import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { never } from '../fixtures/engine';
import { run, snapshotsOf, until } from './extension';
import { Person, theFirst } from './person';
import { fileScene } from './scene';

describe('backups', () => {
  const here = fileScene();
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'backups-'));
    file = path.join(folder, 'the backup.tar.zst');
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const backUp = async () => {
    using _person = new Person().willAnswer(file);
    await run('exportVolume', await here.node());
  };

  it('are written where a person says, of a snapshot that is taken for it and stays', async () => {
    using person = new Person().willAnswer(file);
    await run('exportVolume', await here.node());
    assert.match(person.last, /backed up to the backup\.tar\.zst \(\d+ B\) in [\d.]+ s\.$/);
    assert.match(person.suggested, new RegExp(`/${here.volume.name}@\\d{8}T\\d{6}Z\\.tar\\.zst$`));
    assert.deepEqual(fs.readdirSync(folder), ['the backup.tar.zst']);
    const snapshots = await here.snapshots();
    assert.deepEqual(
      snapshots.map(({ entry }) => entry.note),
      ['for a backup'],
    );
  });

  it('of a snapshot take no other one', async () => {
    await run('snapshot', await here.node());
    const [snapshot] = await here.snapshots();
    using _person = new Person().willAnswer(file);
    await run('exportVolume', snapshot);
    assert.ok(fs.existsSync(file));
    assert.equal((await here.snapshots()).length, 1);
  });

  it('are restored to a new volume, under whose name nothing was', async () => {
    await backUp();
    const name = `${here.volume.name}-2`;
    using person = new Person().willAnswer(file, theFirst, name);
    await run('importBackup');
    assert.match(person.last, /^the backup\.tar\.zst restored to the new volume .*-2 in [\d.]+ s\./);
    assert.equal(await here.read(await here.test.engine.inspectVolume(name, never)), 'good');
    const [snapshot] = await snapshotsOf(here.api, name);
    assert.equal(snapshot?.entry.note, 'from the backup.tar.zst');
    await here.test.engine.removeVolume(name);
  });

  it('are restored to the volume that is clicked on, after a question, and that can be undone', async () => {
    await backUp();
    using person = new Person().willAnswer(file, 'Restore', 'Undo');
    await here.write('damaged');
    await run('importBackup', await here.node());
    const question = person.heard.find((text) => text.endsWith('?'));
    assert.equal(question, `Restore “${here.volume.name}” from the backup “the backup.tar.zst”?`);
    assert.match(person.details.join(), /safety snapshot/);
    // Not by looking into the volume again and again: whoever looks uses it.
    await until(() => person.last.includes(' was undone in '));
    assert.equal(await here.read(), 'damaged');
    assert.ok(person.heard.some((text) => / restored in [\d.]+ s/.test(text)));
  });

  it('that are none are called so, and refused when they are no archive either', async () => {
    fs.writeFileSync(file, 'no backup');
    using person = new Person().willAnswer(file, undefined);
    await run('importBackup', await here.node());
    assert.match(person.last, /“the backup.tar.zst” is no backup of this extension/);
    assert.match(person.details.join(), /no proof that they are whole/);
    person.willAnswer(file, 'Continue', 'Restore');
    await run('importBackup', await here.node());
    assert.match(person.last, /is damaged/);
    assert.equal(await here.read(), 'good');
  });

  it('may be archives of something else, once that is said', async () => {
    const content = fs.mkdtempSync(path.join(os.tmpdir(), 'content-'));
    fs.writeFileSync(path.join(content, 'file'), 'from afar');
    const archive = path.join(content, 'some db.tar.gz');
    execFileSync('tar', ['-czf', archive, '-C', content, './file']);
    using person = new Person().willAnswer(archive, 'Continue', theFirst, `${here.volume.name}-2`);
    await run('importBackup');
    assert.match(person.last, /some db.tar.gz restored to the new volume/);
    assert.equal(await here.read(await here.test.engine.inspectVolume(`${here.volume.name}-2`, never)), 'from afar');
    await here.test.engine.removeVolume(`${here.volume.name}-2`);

    person.willAnswer(archive, 'Continue', 'Restore', undefined);
    await run('importBackup', await here.node());
    await until(() => / restored in /.test(person.last));
    assert.equal(await here.read(), 'from afar');

    fs.writeFileSync(path.join(content, 'file'), 'from a folder');
    person.willAnswer(content, 'Continue', 'Restore', undefined);
    await run('importFolder', await here.node());
    await until(() => / restored in /.test(person.last));
    assert.match(person.details.join(), /A folder has no proof that it is whole/);
    assert.equal(await here.read(), 'from a folder');
    fs.rmSync(content, { recursive: true });
  });

  it('are not begun when nobody says where', async () => {
    using person = new Person().willAnswer(undefined);
    await run('exportVolume', await here.node());
    assert.deepEqual(person.heard, []);
    assert.deepEqual(await here.snapshots(), []);
  });
});
