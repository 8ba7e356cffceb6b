import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { backupName, isBackupName, isCut, isEncryptedName, readBackupName } from '../../src/core/backup/backupName';
import { NewFile } from '../../src/destinations/newFile';
import { Failure } from '../../src/core/failure';

const hasCode = (code: string) => (error: unknown) => error instanceof Failure && error.code === code;

describe('the file of a backup', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'backup-file-'));
    file = path.join(folder, 'db.tar.zst');
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it('takes the place of an older one when it is kept, and not before', async () => {
    fs.writeFileSync(file, 'older');
    await using made = await NewFile.create(file);
    await made.write(Buffer.from('new'));
    await made.write(Buffer.from('er'));
    assert.equal(fs.readFileSync(file, 'utf8'), 'older');
    await made.keep();
    assert.equal(fs.readFileSync(file, 'utf8'), 'newer');
    assert.deepEqual(fs.readdirSync(folder), ['db.tar.zst']);
  });

  it('leaves the older one and nothing else when it is given up', async () => {
    fs.writeFileSync(file, 'older');
    {
      await using made = await NewFile.create(file);
      await made.write(Buffer.from('new'));
    }
    assert.equal(fs.readFileSync(file, 'utf8'), 'older');
    assert.deepEqual(fs.readdirSync(folder), ['db.tar.zst']);
  });

  it('says why it cannot be written', async () => {
    const nowhere = path.join(folder, 'nowhere', 'db.tar.zst');
    await assert.rejects(NewFile.create(nowhere), hasCode('destinationNotWritable'));
    await using made = await NewFile.create(file);
    fs.mkdirSync(path.join(file, 'folder'), { recursive: true });
    await assert.rejects(made.keep(), hasCode('destinationNotWritable'));
  });
});

describe('the name of a backup', () => {
  const time = new Date('2026-11-23T19:55:00.123Z');

  it('says the volume and the time', () => {
    assert.equal(backupName('shop_db-data.1', time), 'shop_db-data.1@20261123T195500Z.tar.zst');
  });

  it('says what it builds on', () => {
    const name = backupName('db', time, { since: new Date('2026-11-22T08:00:00Z') });
    assert.equal(name, 'db@20261123T195500Z-since-20261122T080000Z.tar.zst');
    const since = new Date('2026-11-22T08:00:00Z');
    assert.deepEqual(readBackupName(name), {
      volume: 'db',
      time: new Date('2026-11-23T19:55:00Z'),
      since,
      isEncrypted: false,
    });
  });

  it('is read again, and no other name is one', () => {
    for (const volume of ['shop_db-data.1', 'a/b:c*ü', '..', '100%', 'with@20261123T195500Z']) {
      for (const isEncrypted of [false, true]) {
        const name = backupName(volume, time, { isEncrypted });
        assert.deepEqual(readBackupName(name), { volume, time: new Date('2026-11-23T19:55:00Z'), isEncrypted });
        assert.equal(isEncryptedName(name), isEncrypted);
        assert.ok(isBackupName(name));
      }
    }
    const others = [
      'db.tar.zst',
      '@20261123T195500Z.tar.zst',
      'db@20261323T195500Z.tar.zst',
      'db@20261123T195500Z.tar',
      'db@20261123T195500Z.age',
      'db@20261123T195500Z-since-20261323T195500Z.tar.zst',
      'db@20261123T195500Z-since-.tar.zst',
    ];
    for (const other of others) assert.equal(readBackupName(other), undefined, other);
  });

  it('has nothing in it that some file system does not take', () => {
    assert.equal(backupName('a/b:c*ü', time), 'a%2Fb%3Ac%2A%C3%BC@20261123T195500Z.tar.zst');
    assert.equal(backupName('..', time), '%2E.@20261123T195500Z.tar.zst');
    assert.ok(backupName('v'.repeat(255), time, { since: time, isEncrypted: true }).length <= 255);
  });

  it('is of one volume, also where Db and db are one name, and of long ones that begin alike', () => {
    const long = 'v'.repeat(200);
    for (const others of [
      ['data', 'Data', 'DATA'],
      [long, `${long}a`, `${long}b`],
    ]) {
      const names = new Set(others.map((volume) => backupName(volume, time).toLowerCase()));
      assert.equal(names.size, others.length);
    }
    const name = backupName('Data', time);
    assert.match(name, /^Data~[0-9a-f]{6}@20261123T195500Z\.tar\.zst$/);
    assert.equal(readBackupName(name)?.volume, 'Data');
    assert.ok(isCut(readBackupName(backupName(long, time))!.volume));
  });
});
