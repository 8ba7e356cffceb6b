import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { backupName } from '../../src/core/backup/backupName';
import { planTidying, tidyDestination } from '../../src/core/operations';
import { Folder } from '../../src/destinations/folder';
import { emptyBackup } from '../fixtures/emptyBackup';
import { never } from '../fixtures/engine';

describe('the backups that a destination no longer keeps', () => {
  let folder: string;
  let destination: Folder;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tidy-'));
    destination = new Folder(folder);
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const at = (day: number) => new Date(2026, 5, day, 12);
  const put = (volume: string, day: number, content: string | Buffer = emptyBackup(), since?: number) => {
    const time = at(day);
    const file = path.join(folder, backupName(volume, time, { since: since === undefined ? undefined : at(since) }));
    fs.writeFileSync(file, content);
    fs.utimesSync(file, time, time);
    return path.basename(file);
  };
  const files = () => fs.readdirSync(folder).sort();
  const tidy = async (rules: { last: number }, agreed?: Awaited<ReturnType<typeof planTidying>>['go']) => {
    agreed ??= (await planTidying(destination, rules, never)).go;
    const removed: string[] = [];
    await tidyDestination(destination, { rules, agreed }, never, ({ file }) => removed.push(file.name));
    return removed;
  };

  it('go, of each volume by itself, and nothing else', async () => {
    const old = [put('a', 1), put('b', 2)];
    const stay = [put('a', 3), put('b', 4), put('c', 1)];
    fs.writeFileSync(path.join(folder, 'holiday.jpg'), 'x');
    fs.writeFileSync(path.join(folder, 'a@2026.tar.zst'), 'x');
    assert.deepEqual((await tidy({ last: 1 })).sort(), old.sort());
    assert.deepEqual(files(), [...stay, 'a@2026.tar.zst', 'holiday.jpg'].sort());
  });

  it('are only listed by a dry run', async () => {
    const [old, newer] = [put('a', 1), put('a', 2)];
    const { go, stay } = await planTidying(destination, { last: 1 }, never);
    assert.deepEqual([go.map(({ file }) => file.name), stay.map(({ file }) => file.name)], [[old], [newer]]);
    assert.equal(files().length, 2);
  });

  it('are not those that came, changed or became the newest since the dry run', async () => {
    const [first, second, third] = [put('a', 1), put('a', 2), put('a', 3)];
    const { go } = await planTidying(destination, { last: 1 }, never);
    assert.equal(go.length, 2);
    fs.rmSync(path.join(folder, third));
    put('a', 1, 'another content');
    assert.deepEqual(await tidy({ last: 1 }, go), []);
    assert.deepEqual(files(), [first, second]);
  });

  it('are not counted with those that are not whole, which stay to be looked at', async () => {
    const [oldest, older] = [put('a', 1), put('a', 2)];
    const cut = [put('a', 3, emptyBackup().subarray(0, 100)), put('a', 4, '')];
    const withoutBase = put('a', 5, emptyBackup(), 1);
    fs.renameSync(path.join(folder, withoutBase), path.join(folder, withoutBase.replace('0601T', '0602T03')));
    const { stay } = await planTidying(destination, { last: 1 }, never);
    assert.deepEqual(stay[0]?.because, ['newest', 'last']);
    assert.deepEqual(await tidy({ last: 1 }), [oldest]);
    assert.ok(files().includes(older) && cut.every((name) => files().includes(name)));
  });

  it('are not counted with those whose base has been replaced, though one of its name is there', async () => {
    const [oldest, older, full] = [put('a', 1), put('a', 2), put('a', 3)];
    const replaced = put('a', 4, emptyBackup('db', { file: full, sha256: '0'.repeat(64) }), 3);
    assert.deepEqual(await tidy({ last: 2 }), [oldest]);
    assert.deepEqual(files(), [older, full, replaced].sort());
  });

  it('are not those in whose place another file of the same size has come', async () => {
    const [first] = [put('a', 1), put('a', 2)];
    const { go } = await planTidying(destination, { last: 1 }, never);
    fs.utimesSync(path.join(folder, first), 1, 1);
    assert.deepEqual(await tidy({ last: 1 }, go), []);
  });

  it('are none that one that stays builds on', async () => {
    const needed = [put('a', 2), put('a', 3, emptyBackup(), 2)];
    const [before, between] = [put('a', 1), put('a', 4, emptyBackup(), 3)];
    const newest = put('a', 5, emptyBackup(), 3);
    const { stay } = await planTidying(destination, { last: 1 }, never);
    assert.deepEqual(
      stay.map(({ because }) => because),
      [['newest', 'last'], ['needed'], ['needed']],
    );
    // The later one first: what is left is whole at any moment.
    assert.deepEqual(await tidy({ last: 1 }), [between, before]);
    assert.deepEqual(files(), [...needed, newest].sort());
  });

  it('are none of volumes whose name was cut: several may begin like that', async () => {
    const long = 'v'.repeat(210);
    put(long, 1);
    put(`${long}-other`, 2);
    assert.deepEqual(await tidy({ last: 1 }), []);
  });
});
