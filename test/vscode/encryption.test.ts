import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { BackupChain } from '../../src/core/backup/backupChain';
import { decodeTrailer } from '../../src/core/backup/trailer';
import { isFailure } from '../../src/core/failure';
import { Encrypted } from '../../src/destinations/encrypted';
import { Folder } from '../../src/destinations/folder';
import type { BackupNode } from '../../src/features/backups/model';
import { unlocked } from '../../src/features/backups/unlock';
import { age } from '../fixtures/debianAge';
import { emptyBackup } from '../fixtures/emptyBackup';
import { never } from '../fixtures/engine';
import { run, until } from './extension';
import { Person, theFirst } from './person';
import { fileScene } from './scene';

const zstdMagic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

describe('encrypted backups', () => {
  const here = fileScene();
  let folder: string;
  let backups: string;
  let keyFile: string;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'encryption-'));
    backups = path.join(folder, 'backups');
    keyFile = path.join(folder, 'the key.txt');
    fs.mkdirSync(backups);
  });
  afterEach(async () => {
    await vscode.workspace
      .getConfiguration('dockerVolumes')
      .update('destinations', undefined, vscode.ConfigurationTarget.Global);
    fs.rmSync(folder, { recursive: true });
  });

  const setUp = () => vscode.workspace.getConfiguration('dockerVolumes').get<object[]>('destinations')!;
  const place = () => [theFirst, backups, 'the place'] as const;
  const addWithKey = async () => {
    using person = new Person().willAnswer(...place(), '$(key) With a new key', 'Save…', keyFile);
    await run('addDestination');
    assert.match(person.details.join(), /Without the key nobody can read these backups/);
    return /^AGE-SECRET-KEY-1\S+$/m.exec(fs.readFileSync(keyFile, 'utf8'))![0];
  };
  const addWithPassphrase = async (passphrase: string) => {
    using person = new Person().willAnswer(...place(), '$(lock) With a passphrase', passphrase, passphrase);
    await run('addDestination');
    assert.deepEqual([person.heard, person.hints], [[], []]);
  };
  const backUp = async () => {
    using person = new Person().willAnswer('the place');
    await run('backUp', await here.node());
    assert.match(person.last, /backed up to the place/);
    const [file] = fs.readdirSync(backups);
    return path.join(backups, file!);
  };
  const backup = async (): Promise<BackupNode> => {
    const [destination] = await here.api.backups();
    const [volume] = await here.api.backups(destination);
    const [first] = await here.api.backups(volume);
    assert.equal(first?.kind, 'backup');
    return first;
  };
  const comesBack = async (person: Person) => {
    await here.write('damaged');
    person.willAnswer(here.volume.name, 'Restore');
    await run('restoreBackup', await backup());
    await until(() => / restored in /.test(person.last));
    assert.equal(await here.read(), 'good');
  };
  /** The destination is set up anew by somebody who has lost what opens its backups. */
  const loseTheKey = async () => {
    const [destination] = await here.api.backups();
    using person = new Person().willAnswer('Remove', ...place(), theFirst);
    await run('removeDestination', destination);
    assert.match(person.details.join(), /Look that you have a copy of it/);
    await run('addDestination');
  };

  it('need a key of which there is a copy, and age opens them with it', async () => {
    const identity = await addWithKey();
    assert.equal(fs.statSync(keyFile).mode & 0o777, 0o600);
    assert.match(JSON.stringify(setUp()), /"encryption":\{"recipients":\["age1\w+"\]\}/);
    assert.ok(!JSON.stringify(setUp()).includes(identity));
    const file = await backUp();
    assert.match(file, /@\d{8}T\d{6}Z\.tar\.zst\.age$/);
    assert.ok(age.decrypt(file, keyFile).subarray(0, 4).equals(zstdMagic));
  });

  it('are verified and restored with the key that is stored, and nothing is asked for', async () => {
    await addWithKey();
    await backUp();
    assert.equal((await backup()).isEncrypted, true);
    using person = new Person();
    await run('verifyBackup', await backup());
    assert.match(person.last, /is whole/);
    await comesBack(person);
  });

  it('are not set up without a copy of the key', async () => {
    using _person = new Person().willAnswer(...place(), '$(key) With a new key', 'Save…', undefined);
    await run('addDestination');
    assert.deepEqual(setUp(), []);
  });

  it('are opened by whoever has the key, once it is lost here, and by nobody else', async () => {
    const identity = await addWithKey();
    await backUp();
    await loseTheKey();
    using person = new Person().willAnswer(undefined);
    await run('restoreBackup', await backup());
    assert.deepEqual(person.heard, []);

    const other = age.newKey(folder);
    person.willAnswer(other.identity);
    await run('verifyBackup', await backup());
    assert.match(person.last, /is encrypted for another key/);

    person.willAnswer('no key', undefined);
    await run('verifyBackup', await backup());
    assert.match(person.hints.join(), /begins with AGE-SECRET-KEY-1/);

    person.willAnswer(identity);
    await comesBack(person);
  });

  it('are full ones again once they are for another key: who has kept that one only can restore them', async () => {
    await addWithKey();
    await backUp();
    const [destination] = await here.api.backups();
    const second = path.join(folder, 'the second key.txt');
    using person = new Person().willAnswer(backups, 'the place', '$(key) With a new key', 'Save…', second);
    await run('editDestination', destination);
    const names: string[] = [];
    for (const _ of [1, 2]) {
      await here.write('more');
      await new Promise((resolve) => setTimeout(resolve, 1_001));
      const before = new Set(fs.readdirSync(backups));
      person.willAnswer('the place');
      await run('backUp', await here.node());
      names.push(...fs.readdirSync(backups).filter((name) => !before.has(name)));
    }
    assert.deepEqual(
      names.map((name) => /-since-/.test(name)),
      [false, true],
    );
    assert.ok(age.decrypt(path.join(backups, names[0]!), second).subarray(0, 4).equals(zstdMagic));
  });

  it('ask for what opens the backups that they build on, too, one after the other', async () => {
    const put = async (name: string, passphrase: string, content: Buffer) => {
      await using upload = await new Encrypted(new Folder(backups), { passphrase }).create(name, never);
      await upload.write(content);
      await upload.keep();
    };
    const [base, file] = ['db@20261121T100000Z.tar.zst.age', 'db@20261122T100000Z-since-20261121T100000Z.tar.zst.age'];
    const full = emptyBackup();
    await put(base, 'the first one', full);
    await put(
      file,
      'another one',
      emptyBackup('db', { file: base, sha256: decodeTrailer(full).sha256.toString('hex') }),
    );
    const place = { destination: new Encrypted(new Folder(backups), undefined), file };
    {
      using _person = new Person().willAnswer('another one', 'the first one');
      const { destination } = await unlocked(place);
      await using chain = await BackupChain.open(destination, file, never);
      assert.equal(chain.links.length, 2);
    }
    using _person = new Person().willAnswer('another one', 'a wrong one');
    await assert.rejects(unlocked(place), (error) => isFailure(error, 'backupLocked') && error.details.isTried);
  });

  it('are restored from a file by hand, with the key of any destination', async () => {
    await addWithKey();
    const moved = path.join(folder, 'elsewhere.tar.zst.age');
    fs.renameSync(await backUp(), moved);
    const name = `${here.volume.name}-2`;
    using person = new Person().willAnswer(moved, theFirst, name);
    await run('importBackup');
    assert.match(person.last, /^elsewhere\.tar\.zst\.age restored to the new volume/);
    assert.equal(await here.read(await here.test.engine.inspectVolume(name, never)), 'good');
    await here.test.engine.removeVolume(name);
  });

  it('are for public keys, too, and then only their owners open them', async () => {
    const owner = age.newKey(folder);
    using person = new Person().willAnswer(...place(), '$(person) For public keys', owner.recipient);
    await run('addDestination');
    assert.ok(
      age
        .decrypt(await backUp(), owner.file)
        .subarray(0, 4)
        .equals(zstdMagic),
    );
    person.willAnswer(owner.identity);
    await comesBack(person);
  });

  it('are written to a file whose name ends so, with what is asked for, and never unencrypted', async () => {
    const passphrase = 'a passphrase';
    const file = path.join(backups, 'by hand.tar.zst.age');
    using person = new Person().willAnswer(file, undefined);
    await run('exportVolume', await here.node());
    assert.deepEqual(fs.readdirSync(backups), []);
    person.willAnswer(file, '$(lock) With a passphrase', passphrase, passphrase);
    await run('exportVolume', await here.node());
    assert.match(person.last, /backed up to by hand\.tar\.zst\.age/);
    const plain = age.decryptWithPassphrase(file, passphrase, path.join(folder, 'plain'));
    assert.ok(plain.subarray(0, 4).equals(zstdMagic));
    await here.write('damaged');
    person.willAnswer(file, passphrase, 'Restore');
    await run('importBackup', await here.node());
    await until(() => / restored in /.test(person.last));
    assert.equal(await here.read(), 'good');
  });

  it('have a passphrase that stays through a change of the destination, and that nothing else knows', async () => {
    const passphrase = `canary-${randomBytes(9).toString('hex')}`;
    await addWithPassphrase(passphrase);
    const argumentsSeen = new Set<string>();
    const looking = setInterval(() => processArguments().forEach((each) => argumentsSeen.add(each)), 50);
    const file = await backUp();
    const [destination] = await here.api.backups();
    using person = new Person().willAnswer(backups, 'the place', theFirst);
    await run('editDestination', destination);
    assert.deepEqual(setUp(), [{ name: 'the place', type: 'folder', path: backups, encryption: { passphrase: true } }]);
    await comesBack(person);
    clearInterval(looking);

    assert.deepEqual(filesWith(passphrase), []);
    assert.ok(argumentsSeen.size > 0 && ![...argumentsSeen].some((each) => each.includes(passphrase)));
    assert.ok(!JSON.stringify([setUp(), await here.api.timings(), person.heard, person.details]).includes(passphrase));
    const plain = age.decryptWithPassphrase(file, passphrase, path.join(folder, 'plain'));
    assert.ok(plain.subarray(0, 4).equals(zstdMagic));

    await loseTheKey();
    person.willAnswer('another passphrase');
    await run('verifyBackup', await backup());
    assert.match(person.last, /is encrypted with another passphrase/);
    person.willAnswer(passphrase);
    await run('verifyBackup', await backup());
    assert.match(person.last, /is whole/);
  });

  it('are not written where the passphrase is not known, nor unencrypted in their place', async () => {
    await vscode.workspace
      .getConfiguration('dockerVolumes')
      .update(
        'destinations',
        [{ name: 'the place', type: 'folder', path: backups, encryption: { passphrase: true } }],
        vscode.ConfigurationTarget.Global,
      );
    using person = new Person().willAnswer('the place');
    await run('backUp', await here.node());
    assert.match(person.last, /its passphrase is not stored on this machine/);
    assert.deepEqual(fs.readdirSync(backups), []);
  });

  /** Settings, logs, records of this VS Code, where it is a profile of the tests; not where VS Code itself keeps secrets. */
  const filesWith = (secret: string) => {
    const profiles = fs.readdirSync(os.tmpdir()).filter((name) => name.startsWith('profile-'));
    const found = profiles.flatMap((name) =>
      fs
        .readdirSync(path.join(os.tmpdir(), name), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !/^state\.vscdb/.test(entry.name))
        .map((entry) => path.join(entry.parentPath, entry.name))
        .filter((file) => fs.readFileSync(file).includes(secret)),
    );
    return found;
  };
  const processArguments = () => {
    if (process.platform !== 'linux') return execFileSync('ps', ['-axww', '-o', 'args']).toString().split('\n');
    return fs
      .readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          return [fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8')];
        } catch {
          return [];
        }
      });
  };
});
