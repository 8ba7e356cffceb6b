import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { backupName } from '../../src/core/backup/backupName';
import type { BackupNode } from '../../src/features/backups/model';
import { emptyBackup } from '../fixtures/emptyBackup';
import { never } from '../fixtures/engine';
import { run, snapshotsOf, until } from './extension';
import { Person, theFirst, theLast } from './person';
import { fileScene } from './scene';

describe('destinations of backups', () => {
  const here = fileScene();
  let folder: string;

  beforeEach(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'destination-'));
    using person = new Person().willAnswer(theFirst, folder, 'the folder', theFirst);
    await run('addDestination');
    assert.deepEqual(person.heard, []);
  });
  afterEach(async () => {
    const configuration = vscode.workspace.getConfiguration('dockerVolumes');
    await configuration.update('destinations', undefined, vscode.ConfigurationTarget.Global);
    fs.rmSync(folder, { recursive: true });
  });

  const setUp = () =>
    vscode.workspace
      .getConfiguration('dockerVolumes')
      .get<{ name: string; path: string; keep?: unknown }[]>('destinations');
  const backUp = async () => {
    using person = new Person().willAnswer('the folder');
    await run('backUp', await here.node());
    assert.match(person.last, /backed up to the folder \(\d+ B\) in [\d.]+ s\.$/);
  };
  const backups = async () => {
    const [destination] = await here.api.backups();
    const [volume] = await here.api.backups(destination);
    return here.api.backups(volume);
  };
  const backup = async (): Promise<BackupNode> => {
    const [first] = await backups();
    assert.equal(first?.kind, 'backup');
    return first;
  };

  it('are tried before they are kept, and then in the settings', async () => {
    assert.deepEqual(setUp(), [{ name: 'the folder', type: 'folder', path: folder }]);
    assert.deepEqual(fs.readdirSync(folder), []);
  });

  it('that do not work are kept only by somebody who says so', async () => {
    const nowhere = [theFirst, path.join(folder, 'nowhere'), 'nowhere', theFirst] as const;
    using person = new Person().willAnswer(...nowhere, undefined, undefined);
    await run('addDestination');
    assert.match(person.heard.join(), /“nowhere” does not work now/);
    assert.equal(setUp()?.length, 1);
  });

  it('are tried again when somebody asks, and say what does not work', async () => {
    const [destination] = await here.api.backups();
    using person = new Person();
    await run('testDestination', destination);
    assert.match(person.last, /“the folder” works/);
    fs.chmodSync(folder, 0o500);
    fs.rmSync(folder, { recursive: true });
    await run('testDestination', destination);
    assert.match(person.last, /cannot be written/);
    fs.mkdirSync(folder);
  });

  it('take a backup of a volume, which is then shown under its volume', async () => {
    await backUp();
    const { volume, file } = await backup();
    assert.equal(volume, here.volume.name);
    assert.deepEqual(fs.readdirSync(folder), [file.name]);
    assert.equal((await here.snapshots()).length, 1);
  });

  it('give it back, to a new volume or to the one it was made of', async () => {
    await backUp();
    const name = `${here.volume.name}-2`;
    using person = new Person().willAnswer(theFirst, name);
    await run('restoreBackup', await backup());
    assert.match(person.last, /restored to the new volume/);
    assert.equal(await here.read(await here.test.engine.inspectVolume(name, never)), 'good');
    await here.test.engine.removeVolume(name);
    assert.equal((await snapshotsOf(here.api, here.volume.name)).length, 1);

    await here.write('damaged');
    person.willAnswer(here.volume.name, 'Restore');
    await run('restoreBackup', await backup());
    await until(() => / restored in /.test(person.last));
    assert.equal(await here.read(), 'good');
  });

  it('have only what has changed since the last one, say so, and go with what they build on', async () => {
    await backUp();
    await here.write('more');
    await new Promise((resolve) => setTimeout(resolve, 1_001));
    {
      using person = new Person().willAnswer('the folder');
      await run('backUp', await here.node());
      assert.match(person.last, /backed up to the folder \(what has changed: [\d.]+ k?B\) in/);
    }
    const [later, full] = await backups();
    assert.ok(later?.kind === 'backup' && later.since && full?.kind === 'backup' && !full.since);
    const name = `${here.volume.name}-2`;
    using person = new Person().willAnswer(theFirst, name);
    await run('restoreBackup', later);
    assert.equal(await here.read(await here.test.engine.inspectVolume(name, never)), 'more');
    await here.test.engine.removeVolume(name);

    // What would be lost with it is not known while the place does not say what is there.
    const asked = person.details.length;
    fs.renameSync(folder, `${folder}-away`);
    await run('deleteBackup', full);
    fs.renameSync(`${folder}-away`, folder);
    assert.equal(person.details.length, asked);
    assert.equal(fs.readdirSync(folder).length, 2);

    person.willAnswer('Delete');
    await run('deleteBackup', full);
    assert.match(person.details.at(-1)!, /Later backups have only what has changed since, .* are deleted with it/);
    assert.deepEqual(fs.readdirSync(folder), []);
  });

  it('are verified: what is whole says so, and when; what is damaged is told as that', async () => {
    await backUp();
    using person = new Person();
    await run('verifyBackup', await backup());
    assert.match(person.last, /is whole: .* read and compared/);
    const { verifiedAt, file } = await backup();
    assert.ok(Math.abs(verifiedAt!.getTime() - Date.now()) < 60_000);
    const at = path.join(folder, file.name);
    const bytes = fs.readFileSync(at);
    bytes[100]! ^= 1;
    const { mtime } = fs.statSync(at);
    fs.writeFileSync(at, bytes);
    fs.utimesSync(at, mtime, mtime);
    await run('verifyBackup', await backup());
    assert.match(person.last, /is damaged/);
    assert.equal((await backup()).verifiedAt, undefined);

    bytes[100]! ^= 1;
    fs.writeFileSync(at, bytes);
    fs.utimesSync(at, mtime, mtime);
    await run('verifyBackup', await backup());
    assert.ok((await backup()).verifiedAt);
    bytes[bytes.length - 1]! ^= 1;
    fs.writeFileSync(at, bytes);
    fs.utimesSync(at, mtime, mtime);
    await run('verifyBackup', await backup());
    assert.match(person.last, /does not end as a backup does/);
    assert.equal((await backup()).verifiedAt, undefined);
  });

  it('are verified by a trial restore, of which nothing stays', async () => {
    await backUp();
    using person = new Person();
    await run('tryBackup', await backup());
    assert.match(person.last, /was restored to a new volume, and that removed again: files: 1, 4 B/);
    assert.ok((await backup()).verifiedAt);
    const names = (await here.api.nodes()).map(({ id }) => id);
    assert.deepEqual(
      names.filter((name) => name.includes('-trial-')),
      [],
    );
  });

  it('lose a backup only after a question', async () => {
    await backUp();
    using person = new Person().willAnswer(undefined, 'Delete');
    await run('deleteBackup', await backup());
    assert.equal(fs.readdirSync(folder).length, 1);
    await run('deleteBackup', await backup());
    assert.match(person.last, /^Delete the backup of .* from “the folder”\?/);
    assert.deepEqual(fs.readdirSync(folder), []);
  });

  it('lose what is no longer to be kept, once somebody has seen what that is', async () => {
    const make = (day: number) => {
      const time = new Date(2026, 5, day);
      const at = path.join(folder, backupName(here.volume.name, time));
      fs.writeFileSync(at, emptyBackup());
      // What was written last stays, too; two of one moment both are that.
      fs.utimesSync(at, time, time);
      return path.basename(at);
    };
    const [older, newer] = [make(1), make(2)];
    const [destination] = await here.api.backups();
    using person = new Person().willAnswer('last 10', undefined);
    await run('tidyDestination', destination);
    assert.equal(fs.readdirSync(folder).length, 2);

    const ask = vscode.l10n.t('$(edit) Other…');
    person.willAnswer(ask, 'last 1', theFirst, undefined);
    await run('tidyDestination', destination);
    assert.match(person.last, /^Delete 1 backup from “the folder”\?/);
    assert.equal(fs.readdirSync(folder).length, 2);
    assert.equal(setUp()![0]!.keep, undefined);

    person.willAnswer(ask, 'last 1', vscode.l10n.t('$(sync) The same, and after every backup from now on'), 'Delete');
    await run('tidyDestination', destination);
    assert.deepEqual(fs.readdirSync(folder), [newer]);
    assert.match(person.details.at(-1)!, /after every backup of a volume to it, without asking/);
    assert.deepEqual(setUp()![0]!.keep, { last: 1, automatic: true });

    await backUp();
    await until(() => fs.readdirSync(folder).length === 1);
    assert.ok(!fs.readdirSync(folder).includes(newer) && !fs.readdirSync(folder).includes(older));
  });

  it('that are gone are said in the view, and elsewhere', async () => {
    await backUp();
    fs.rmSync(folder, { recursive: true });
    await run('refreshBackups');
    const [destination] = await here.api.backups();
    const [problem] = await here.api.backups(destination);
    assert.equal(problem?.kind, 'problem');
    using person = new Person().willAnswer('the folder');
    await run('backUp', await here.node());
    assert.match(person.last, /cannot be reached/);
    fs.mkdirSync(folder);
  });

  it('are forgotten after a question, and their backups stay', async () => {
    await backUp();
    const [destination] = await here.api.backups();
    using _person = new Person().willAnswer('Remove');
    await run('removeDestination', destination);
    assert.deepEqual(setUp(), []);
    assert.equal(fs.readdirSync(folder).length, 1);
  });

  it('may be added while something is backed up', async () => {
    const second = fs.mkdtempSync(path.join(os.tmpdir(), 'destination-'));
    using person = new Person().willAnswer(theLast, theFirst, second, 'the second', theFirst);
    await run('backUp', await here.node());
    assert.match(person.last, /backed up to the second/);
    assert.equal(fs.readdirSync(second).length, 1);
    fs.rmSync(second, { recursive: true });
  });
});
