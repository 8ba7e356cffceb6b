import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { type Gateway, type Keys, startObjectStorage } from '../../scripts/testbed/object-storage.mjs';
import type { Upload } from '../../src/core/backup/destination';
import { isFailure } from '../../src/core/failure';
import { ObjectStorage, type ObjectStorageConfig } from '../../src/destinations/s3';
import { never } from '../fixtures/engine';
import { rejectsWith } from '../fixtures/failures';
import { conforms } from './conformance';

const MB = 1_000_000;

describe('an object storage as a destination', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 's3-'));
  let gateway: Gateway;
  let owner: Keys;
  let config: ObjectStorageConfig;
  let storage: ObjectStorage;

  before(async () => {
    gateway = await startObjectStorage(folder);
    owner = await gateway.addUser('owner');
  });
  after(async () => {
    await gateway?.stop();
    fs.rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    config = await newBucket(owner);
    storage = new ObjectStorage(config);
  });

  const clientOf = ({ accessKeyId, secretAccessKey }: Keys) =>
    new S3Client({
      endpoint: gateway.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
    });

  async function newBucket(keys: Keys): Promise<ObjectStorageConfig> {
    const bucket = `bucket-${randomBytes(6).toString('hex')}`;
    await clientOf(keys).send(new CreateBucketCommand({ Bucket: bucket }));
    return { bucket, prefix: 'some/backups', endpoint: gateway.endpoint, ...keys };
  }

  async function everything(): Promise<string[]> {
    const { bucket: Bucket } = config;
    const { Contents = [] } = await clientOf(owner).send(new ListObjectsV2Command({ Bucket }));
    const { Uploads = [] } = await clientOf(owner).send(new ListMultipartUploadsCommand({ Bucket }));
    return [...Contents.map(({ Key }) => `${Key}`), ...Uploads.map(({ Key }) => `upload of ${Key}`)];
  }

  const fill = async (upload: Upload, bytes: number) => {
    const piece = randomBytes(MB);
    for (let at = 0; at < bytes; at += MB) await upload.write(piece);
  };
  const put = async (name: string, bytes: number, to = storage) => {
    await using upload = await to.create(name, never);
    await fill(upload, bytes);
    await upload.keep();
  };

  describe('as any other', () => {
    conforms({ make: async () => storage, everything, largeBytes: 30 * MB });
  });

  it('whose bucket is not there is neither written to nor listed as an empty one', async () => {
    const nowhere = new ObjectStorage({ ...config, bucket: 'nowhere' });
    await rejectsWith('destinationNotWritable', nowhere.create('a', never));
    await rejectsWith('backupNotReadable', nowhere.list(never).next());
  });

  it('refuses wrong keys, and tells nobody which', async () => {
    const secretAccessKey = randomBytes(20).toString('hex');
    const accessKeyId = 'nobodysKey';
    for (const keys of [{ secretAccessKey }, { accessKeyId, secretAccessKey }]) {
      const wrong = new ObjectStorage({ ...config, ...keys });
      for (const work of [
        () => wrong.create('a', never),
        () => wrong.list(never).next(),
        () => wrong.open('a', never),
        () => wrong.remove('a', never),
      ]) {
        const { message, details, stack, cause } = await rejectsWith('destinationRefused', work());
        const { message: inner, stack: innerStack, ...rest } = cause as Error;
        const said = [message, JSON.stringify(details), stack, inner, innerStack, JSON.stringify(rest)].join('\n');
        for (const secret of [secretAccessKey, keys.accessKeyId ?? owner.accessKeyId]) {
          assert.ok(!said.includes(secret), said);
        }
      }
    }
  });

  it('that is not there is told at once', async () => {
    const endpoint = 'http://127.0.0.1:9';
    const start = Date.now();
    const nobody = new ObjectStorage({ ...config, endpoint });
    const { details } = await rejectsWith('destinationNotReached', nobody.create('a', never));
    assert.match(JSON.stringify(details), /"http:\/\/127\.0\.0\.1:9\/bucket-\w+\/some\/backups\/".*ECONNREFUSED/);
    assert.ok(Date.now() - start < 5_000);
    await rejectsWith(
      'destinationNotReached',
      new ObjectStorage({ ...config, endpoint: 'http://nowhere.invalid' }).open('a', never),
    );
  });

  it('that falls silent is not waited for', async () => {
    const patient = new ObjectStorage(config, { silentMs: 1_000 });
    await using upload = await patient.create('a', never);
    gateway.signalGateway('SIGSTOP');
    try {
      await rejectsWith('destinationNotReached', fill(upload, 40 * MB));
      await rejectsWith('destinationNotReached', patient.open('a', never));
    } finally {
      gateway.signalGateway('SIGCONT');
    }
  });

  it('lists more than one page, and neither what is below nor what is beside', async () => {
    const client = clientOf(owner);
    const names = Array.from({ length: 1_010 }, (_, n) => `a+b c&ü<${n}`);
    const keys = [
      ...names.map((name) => `some/backups/${name}`),
      'some/backups/',
      'some/backups/inner/x',
      'some/backups2',
    ];
    for (const Key of keys) await client.send(new PutObjectCommand({ Bucket: config.bucket, Key, Body: 'x' }));
    const listed: string[] = [];
    for await (const { name } of storage.list(never)) listed.push(name);
    assert.deepEqual(listed.sort(), names.sort());
  });

  it('holds no more than some parts of an upload in memory', async () => {
    globalThis.gc?.();
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const looking = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers)), 20);
    await put('large', 300 * MB).finally(() => clearInterval(looking));
    assert.ok(most - before < 120 * MB, `${Math.round((most - before) / MB)} MB`);
  });

  it('whose gateway dies in an upload keeps all of it or nothing, and forgets what stayed', async () => {
    const name = 'volume@20261123T195500Z.tar.zst';
    const uploading = (async () => {
      await using upload = await storage.create(name, never);
      await fill(upload, 60 * MB);
      await gateway.killGateway();
      await fill(upload, 60 * MB);
      await upload.keep();
    })();
    const error = await uploading.catch((reason: unknown) => reason);
    assert.ok(isFailure(error, 'destinationNotReached'), String(error));
    await gateway.startGateway();
    assert.deepEqual(await everything(), [`upload of some/backups/${name}`]);
    await storage.removeLeftovers(new Date(Date.now() - 3_600_000), never);
    assert.equal((await everything()).length, 1, 'it may still be under way');
    await storage.removeLeftovers(new Date(Date.now() + 60_000), never);
    assert.deepEqual(await everything(), []);
  });

  it('whose gateway is back soon goes on with the upload', async () => {
    {
      await using upload = await storage.create('a', never);
      await fill(upload, 30 * MB);
      await gateway.killGateway();
      const [filled] = await Promise.allSettled([
        fill(upload, 30 * MB).then(() => upload.keep()),
        gateway.startGateway(),
      ]);
      if (filled.status === 'rejected')
        assert.ok(isFailure(filled.reason, 'destinationNotReached'), String(filled.reason));
    }
    const kept = await everything();
    if (kept.length === 0) return;
    await using file = await storage.open('a', never);
    assert.equal(file.bytes, 60 * MB);
  });

  it('that takes the keys back in an upload refuses the rest, and lists nothing', async () => {
    const keys = await gateway.addUser('leaving');
    config = await newBucket(keys);
    const { bucket: Bucket } = config;
    await using upload = await new ObjectStorage(config).create('a', never);
    await fill(upload, 20 * MB);
    await gateway.admin('key', 'rm', '--uid', 'leaving', '--access-key', keys.accessKeyId);
    const rest = (async () => {
      await fill(upload, 60 * MB);
      await upload.keep();
    })();
    await rejectsWith('destinationRefused', rest);
    const again = { ...keys, accessKeyId: 'again' };
    await gateway.admin(
      'key',
      'create',
      '--uid',
      'leaving',
      '--access-key',
      'again',
      '--secret-key',
      keys.secretAccessKey,
    );
    assert.equal((await clientOf(again).send(new ListObjectsV2Command({ Bucket }))).KeyCount, 0);
  });

  it('that is full says so, and keeps what it had', async () => {
    const keys = await gateway.addUser('poor');
    config = await newBucket(keys);
    const limited = new ObjectStorage(config);
    await put('older', 1 * MB, limited);
    await gateway.admin('quota', 'set', '--quota-scope', 'user', '--uid', 'poor', '--max-size', String(12 * MB));
    await gateway.admin('quota', 'enable', '--quota-scope', 'user', '--uid', 'poor');
    await rejectsWith('destinationFull', put('large', 60 * MB, limited));
    await rejectsWith('destinationFull', put('larger', 60 * MB, limited));
    const { bucket: Bucket } = config;
    const { Contents = [] } = await clientOf(keys).send(new ListObjectsV2Command({ Bucket }));
    assert.deepEqual(
      Contents.map(({ Key }) => Key),
      ['some/backups/older'],
    );
    assert.equal((await clientOf(keys).send(new ListMultipartUploadsCommand({ Bucket }))).Uploads, undefined);
  });

  it('whose gateway dies while a file is read gives the rest when it is back', async () => {
    const content = randomBytes(60 * MB);
    {
      await using upload = await storage.create('a', never);
      await upload.write(content);
      await upload.keep();
    }
    await using file = await storage.open('a', never);
    const parts: Uint8Array[] = [];
    for await (const part of file.read(0, file.bytes, never)) {
      if (parts.push(part) === 20) {
        await gateway.killGateway();
        void sleep(200).then(() => gateway.startGateway());
      }
    }
    assert.ok(Buffer.concat(parts).equals(content));
  });

  it('does not end the reading of a file early when its gateway stays away', async () => {
    await put('a', 60 * MB);
    await using file = await storage.open('a', never);
    let bytes = 0;
    const reading = (async () => {
      for await (const part of file.read(0, file.bytes, never)) {
        if (bytes === 0) await gateway.killGateway();
        bytes += part.length;
      }
    })();
    await rejectsWith('destinationNotReached', reading).finally(() => gateway.startGateway());
    assert.ok(bytes < file.bytes);
  });

  it('gives no bytes of a file that took the place of the one that was opened', async () => {
    await put('a', 10 * MB);
    await using file = await storage.open('a', never);
    await put('a', 10 * MB);
    await rejectsWith('backupNotReadable', file.read(0, 100, never).next());
  });
});
