import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Destination, Upload } from '../../src/core/backup/destination';
import { Failure, type FailureCode } from '../../src/core/failure';
import { isIdentity, isRecipient, newIdentity, recipientOf, type Lock } from '../../src/destinations/age/keys';
import * as library from '../../src/destinations/age/library';
import { inTurns, onThread } from '../../src/destinations/age/passphrase';
import { Encrypted } from '../../src/destinations/encrypted';
import { Folder } from '../../src/destinations/folder';
import { age } from '../fixtures/debianAge';
import { never } from '../fixtures/engine';
import { rejectsWith } from '../fixtures/failures';
import { fill, MB } from '../fixtures/storage';
import { conforms } from './conformance';

const chunk = 64 * 1024;
const tag = 16;
const nonce = 16;
const name = 'db@20261123T195500Z.tar.zst.age';

describe('a folder whose files are encrypted', () => {
  let folder: string;
  let identity: string;
  let lock: Lock;
  let file: string;
  before(async () => {
    identity = await newIdentity();
    lock = { recipients: [await recipientOf(identity)] };
  });
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'encrypted-'));
    fs.mkdirSync(path.join(folder, 'backups'));
    file = path.join(folder, 'backups', name);
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const place = () => new Folder(path.join(folder, 'backups'));
  const withKey = (key = identity) => new Encrypted(place(), lock, { identities: [key], passphrases: [] });
  const withPassphrase = (passphrase: string) =>
    new Encrypted(place(), { passphrase }, { identities: [], passphrases: [passphrase] });

  const put = async (content: Buffer, to: Destination = withKey()) => {
    await using upload = await to.create(name, never);
    await upload.write(content);
    await upload.keep();
  };
  const get = async (from: Destination = withKey(), start = 0, end = Infinity) => {
    await using opened = await from.open(name, never);
    const parts: Uint8Array[] = [];
    for await (const part of opened.read(start, Math.min(end, opened.bytes), never)) parts.push(part);
    return Buffer.concat(parts);
  };
  const changed = (change: (bytes: Buffer) => Buffer | void) => {
    const bytes = fs.readFileSync(file);
    fs.writeFileSync(file, change(bytes) ?? bytes);
  };
  const headerBytes = () => /\n--- \S{43}\n/.exec(fs.readFileSync(file, 'latin1'))!.index + 1 + 48;

  describe('is as any other', () => {
    conforms({
      make: async () => withKey(),
      everything: async () => fs.readdirSync(path.join(folder, 'backups')),
      largeBytes: 5_000_000,
      // Of one recipient, the header has 168 bytes.
      storedBytes: (bytes) => 168 + nonce + bytes + tag * Math.ceil(bytes / chunk),
    });
  });

  const lengths = [0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 1_000_000];

  it('is opened by age with the key, and opens what age has encrypted for it', async () => {
    const key = age.newKey(folder);
    const ours = new Encrypted(
      place(),
      { recipients: [key.recipient] },
      { identities: [key.identity], passphrases: [] },
    );
    for (const length of lengths) {
      const content = randomBytes(length);
      await put(content, ours);
      assert.ok(age.decrypt(file, key.file).equals(content), `${length} bytes of ours`);
      fs.rmSync(file);
      age.encrypt(content, [key.recipient], file);
      assert.ok((await get(ours)).equals(content), `${length} bytes of its`);
      fs.rmSync(file);
    }
  });

  it('is opened by age with the passphrase, and opens what age has encrypted with it', async () => {
    const passphrase = 'correct “horse” battery';
    const content = randomBytes(200_000);
    await put(content, withPassphrase(passphrase));
    assert.ok(age.decryptWithPassphrase(file, passphrase, path.join(folder, 'plain')).equals(content));
    fs.rmSync(file);
    age.encryptWithPassphrase(path.join(folder, 'plain'), passphrase, file);
    let turns = 0;
    const others = setInterval(() => turns++, 5);
    assert.ok((await get(withPassphrase(passphrase))).equals(content));
    clearInterval(others);
    assert.ok(turns > 10, `nothing else stood still meanwhile: ${turns} turns`);
  });

  it('is opened by each of several recipients, however long that makes its header', async () => {
    const key = age.newKey(folder);
    const others = await Promise.all(Array.from({ length: 60 }, async () => recipientOf(await newIdentity())));
    const content = randomBytes(100_000);
    await put(content, new Encrypted(place(), { recipients: [...others, key.recipient] }));
    assert.ok(age.decrypt(file, key.file).equals(content));
    assert.ok((await get(withKey(key.identity))).equals(content));
  });

  it('gives any part of a file', async () => {
    const content = randomBytes(10 * chunk + 1000);
    await put(content);
    const borders = [0, 1, chunk - 1, chunk, chunk + 1, 9 * chunk, 10 * chunk, 10 * chunk + 1, content.length];
    for (const start of borders) {
      for (const end of borders) {
        const part = await get(withKey(), start, end);
        assert.ok(part.equals(content.subarray(start, Math.max(start, end))), `${start} to ${end}`);
      }
    }
  });

  it('refuses a file that was cut anywhere, also between two chunks', async () => {
    await put(randomBytes(3 * chunk + 1000));
    const whole = fs.readFileSync(file);
    const start = headerBytes() + nonce;
    const borders = [1, 2, 3].map((n) => start + n * (chunk + tag));
    const cuts = [30, start - 40, start - 1, start, start + 1, start + tag, start + tag + 1, whole.length - 1];
    for (const cut of [...cuts, ...borders, ...borders.map((at) => at + tag), ...borders.map((at) => at + 100)]) {
      fs.writeFileSync(file, whole.subarray(0, cut));
      await rejectsWith('backupDamaged', get(withKey(), 0, 0));
    }
    fs.writeFileSync(file, Buffer.concat([whole, Buffer.alloc(1)]));
    await rejectsWith('backupDamaged', get(withKey(), 0, 0));
  });

  it('refuses to go on with a file that was cut while it was read', async () => {
    await put(randomBytes(20 * chunk));
    await using opened = await withKey().open(name, never);
    fs.truncateSync(file, headerBytes() + nonce + 16 * (chunk + tag));
    const reading = (async () => {
      for await (const _ of opened.read(0, opened.bytes, never));
    })();
    await rejectsWith('backupDamaged', reading);
  });

  it('gives nothing of a chunk that was changed, is in another place or of another file', async () => {
    await put(randomBytes(4 * chunk));
    const start = headerBytes() + nonce;
    const [first, second] = [start, start + chunk + tag] as const;
    const changes: ((bytes: Buffer) => Buffer | void)[] = [
      (bytes) => void (bytes[first + 5]! ^= 1),
      (bytes) => void (bytes[second - 1]! ^= 1),
      (bytes) => void (bytes[start - 1]! ^= 1),
      (bytes) => void bytes.copyWithin(first, second, second + chunk + tag),
      (bytes) => Buffer.concat([bytes.subarray(0, first), bytes.subarray(second)]),
    ];
    const whole = fs.readFileSync(file);
    for (const change of changes) {
      changed(change);
      await rejectsWith('backupDamaged', get(withKey(), 0, 10));
      fs.writeFileSync(file, whole);
    }
  });

  it('refuses a header that was changed', async () => {
    await put(Buffer.from('content'));
    const whole = fs.readFileSync(file);
    const end = headerBytes();
    const changes: [at: number, code: FailureCode][] = [
      [3, 'backupDamaged'],
      // A recipient of a kind that nobody knows.
      [25, 'backupLocked'],
      [end - 30, 'backupDamaged'],
      [end - 3, 'backupDamaged'],
    ];
    for (const [at, code] of changes) {
      changed((bytes) => void (bytes[at]! ^= 1));
      await rejectsWith(code, get());
      fs.writeFileSync(file, whole);
    }
  });

  it('has the same key of a passphrase where Node has no threads for it', async () => {
    const given = ['correct “horse” battery', randomBytes(16), 10] as const;
    assert.deepEqual(Buffer.from(await inTurns(library, ...given)), await onThread(...given));
  });

  it('stays closed to another key, another passphrase, and to none, and says which it needs', async () => {
    await put(Buffer.from('content'));
    const other = withKey(await newIdentity());
    assert.deepEqual((await rejectsWith('backupLocked', get(other))).details, { file, lock: 'key', isTried: true });
    const none = await rejectsWith('backupLocked', get(new Encrypted(place(), lock)));
    assert.deepEqual(none.details, { file, lock: 'key', isTried: false });
    assert.equal((await get(other.with({ identities: [identity], passphrases: [] }))).toString(), 'content');

    const passphrase = `canary-${randomBytes(9).toString('hex')}`;
    await put(Buffer.from('content'), withPassphrase(passphrase));
    const wrong = `canary-${randomBytes(9).toString('hex')}`;
    const failure = await rejectsWith('backupLocked', get(withPassphrase(wrong)));
    assert.deepEqual(failure.details, { file, lock: 'passphrase', isTried: true });
    for (const secret of [passphrase, wrong, identity]) {
      assert.ok(!`${failure.message}${failure.stack}${JSON.stringify(failure)}`.includes(secret));
      assert.ok(!fs.readFileSync(file, 'latin1').includes(secret));
    }
  });

  it('gives a file that is not encrypted as it is, but not under the name of one that is', async () => {
    fs.writeFileSync(path.join(folder, 'backups', 'older.tar.zst'), 'plain');
    fs.writeFileSync(file, 'plain');
    await using older = await withKey().open('older.tar.zst', never);
    assert.equal(older.bytes, 5);
    await rejectsWith('backupDamaged', get());
    await rejectsWith('backupDamaged', get(new Encrypted(place(), undefined)));
    await rejectsWith('destinationNotWritable', put(Buffer.from('plain'), new Encrypted(place(), undefined)));
  });

  it('is not written to where somebody has mistyped a recipient', async () => {
    const mistyped = (await recipientOf(identity)).replace(/.$/, (last) => (last === 'q' ? 'p' : 'q'));
    const writing = new Encrypted(place(), { recipients: [mistyped] }).create(name, never);
    await rejectsWith('destinationNotWritable', writing);
    assert.deepEqual(fs.readdirSync(path.join(folder, 'backups')), []);
    assert.equal(await isRecipient(mistyped), false);
    assert.equal(await isRecipient(await recipientOf(identity)), true);
    assert.equal(await isIdentity(identity), true);
    assert.equal(await isIdentity(identity.slice(0, -1)), false);
  });

  it('holds no more than a moment of a file in memory', async () => {
    globalThis.gc?.();
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const looking = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers)), 20);
    await using upload = await withKey().create(name, never);
    await fill(upload, 300 * MB);
    await upload.keep();
    await using opened = await withKey().open(name, never);
    let bytes = 0;
    for await (const part of opened.read(0, opened.bytes, never)) bytes += part.length;
    clearInterval(looking);
    assert.equal(bytes, 300 * MB);
    assert.ok(most - before < 100 * MB, `${Math.round((most - before) / MB)} MB`);
  });

  it('takes no more than what it is written to takes', async () => {
    let taken = 0;
    const slow = writingTo(async (bytes) => {
      await sleep(20);
      taken += bytes.length;
    });
    await using upload = await new Encrypted(slow, lock).create(name, never);
    for (let n = 0; n < 20; n++) {
      await upload.write(randomBytes(chunk));
      assert.ok(upload.bytes - taken < 8 * chunk, `${upload.bytes - taken} bytes are on the way`);
    }
  });

  it('says why it cannot be written to, at the next piece or at the end', async () => {
    const full = writingTo(async () => {
      throw new Failure('destinationFull', { file });
    });
    const writing = async () => {
      await using upload = await new Encrypted(full, lock).create(name, never);
      for (;;) await upload.write(randomBytes(chunk));
    };
    await rejectsWith('destinationFull', writing());
    const ending = async () => {
      await using upload = await new Encrypted(full, lock).create(name, never);
      await upload.write(Buffer.from('few'));
      await upload.keep();
    };
    await rejectsWith('destinationFull', ending());
  });

  it('is given up while a piece of it is on its way', async () => {
    let isDisposed = false;
    const stuck = (signal: AbortSignal) => () =>
      new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(new Error('given up'))));
    const target = {
      create: async (_, signal) => ({
        ...uploadOf(stuck(signal)),
        [Symbol.asyncDispose]: async () => void (isDisposed = true),
      }),
    } as Partial<Destination> as Destination;
    {
      await using upload = await new Encrypted(target, lock).create(name, never);
      await upload.write(Buffer.alloc(10));
    }
    assert.ok(isDisposed);
  });

  const uploadOf = (write: (bytes: Uint8Array) => Promise<void>): Upload => ({
    bytes: 0,
    write,
    keep: async () => {},
    [Symbol.asyncDispose]: async () => {},
  });
  const writingTo = (write: (bytes: Uint8Array) => Promise<void>) =>
    ({ create: async () => uploadOf(write) }) as Partial<Destination> as Destination;
});
