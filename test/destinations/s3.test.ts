import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { ObjectStorage } from '../../src/destinations/s3';
import { never } from '../fixtures/engine';
import { rejectsWith } from '../fixtures/failures';
import { MB, TestStorage } from '../fixtures/storage';
import { conforms } from './conformance';

describe('an object storage as a destination', () => {
  const at = TestStorage.forSuite();

  describe('as any other', () => {
    conforms({ make: async () => at.destination, everything: () => at.everything(), largeBytes: 30 * MB });
  });

  it('whose bucket is not there is neither written to nor listed as an empty one', async () => {
    const nowhere = new ObjectStorage({ ...at.config, bucket: 'nowhere' });
    await rejectsWith('destinationNotWritable', nowhere.create('a', never));
    await rejectsWith('backupNotReadable', nowhere.list(never).next());
  });

  it('refuses wrong keys, and tells nobody which', async () => {
    const secretAccessKey = randomBytes(20).toString('hex');
    const accessKeyId = 'nobodysKey';
    for (const keys of [{ secretAccessKey }, { accessKeyId, secretAccessKey }]) {
      const wrong = new ObjectStorage({ ...at.config, ...keys });
      for (const work of [
        () => wrong.create('a', never),
        () => wrong.list(never).next(),
        () => wrong.open('a', never),
        () => wrong.remove('a', never),
      ]) {
        const { message, details, stack, cause } = await rejectsWith('destinationRefused', work());
        const { message: inner, stack: innerStack, ...rest } = cause as Error;
        const said = [message, JSON.stringify(details), stack, inner, innerStack, JSON.stringify(rest)].join('\n');
        for (const secret of [secretAccessKey, keys.accessKeyId ?? at.owner.accessKeyId]) {
          assert.ok(!said.includes(secret), said);
        }
      }
    }
  });

  it('that is not there is told at once', async () => {
    const endpoint = 'http://127.0.0.1:9';
    const start = Date.now();
    const nobody = new ObjectStorage({ ...at.config, endpoint });
    const { details } = await rejectsWith('destinationNotReached', nobody.create('a', never));
    assert.match(JSON.stringify(details), /"http:\/\/127\.0\.0\.1:9\/bucket-\w+\/some\/backups\/".*ECONNREFUSED/);
    assert.ok(Date.now() - start < 5_000);
    await rejectsWith(
      'destinationNotReached',
      new ObjectStorage({ ...at.config, endpoint: 'http://nowhere.invalid' }).open('a', never),
    );
  });

  it('lists more than one page, and neither what is below nor what is beside', async () => {
    const client = at.clientOf(at.owner);
    const names = Array.from({ length: 1_010 }, (_, n) => `a+b c&ü<${n}`);
    const keys = [
      ...names.map((name) => `some/backups/${name}`),
      'some/backups/',
      'some/backups/inner/x',
      'some/backups2',
    ];
    for (const Key of keys) await client.send(new PutObjectCommand({ Bucket: at.config.bucket, Key, Body: 'x' }));
    const listed: string[] = [];
    for await (const { name } of at.destination.list(never)) listed.push(name);
    assert.deepEqual(listed.sort(), names.sort());
  });

  it('holds no more than some parts of an upload in memory', async () => {
    globalThis.gc?.();
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const looking = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers)), 20);
    await at.put('large', 300 * MB).finally(() => clearInterval(looking));
    assert.ok(most - before < 120 * MB, `${Math.round((most - before) / MB)} MB`);
  });

  it('gives no bytes of a file that took the place of the one that was opened', async () => {
    await at.put('a', 10 * MB);
    await using file = await at.destination.open('a', never);
    await at.put('a', 10 * MB);
    await rejectsWith('backupNotReadable', file.read(0, 100, never).next());
  });
});
