import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type * as http from 'node:http';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateMultipartUploadCommand, GetObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { ObjectStorage } from '../../src/destinations/s3';
import { never } from '../fixtures/engine';
import { rejectsWith } from '../fixtures/failures';
import { MB, TestStorage } from '../fixtures/storage';
import { type Hands, proxyTo } from '../fixtures/storageProxy';

/** What other storages do differently, done to the answers of a real one. */
describe('an object storage of another kind', () => {
  const at = TestStorage.forSuite();
  type Answer = NonNullable<Hands['answer']>;
  const behind = async (answer: Answer, timeouts?: ConstructorParameters<typeof ObjectStorage>[1]) => {
    const proxy = await proxyTo(at.gateway.endpoint, { answer });
    return Object.assign(proxy, { storage: new ObjectStorage({ ...at.config, endpoint: proxy.endpoint }, timeouts) });
  };
  const refuse = (to: http.ServerResponse, status: number) => void to.writeHead(status).end();
  const rewriting =
    (which: string, change: (body: string) => string): Answer =>
    ({ method, url }, answer, to) => {
      if (method !== 'GET' || !url!.includes(which)) return false;
      const { 'content-length': _, ...headers } = answer.headers;
      void text(answer).then((body) => to.writeHead(answer.statusCode!, headers).end(change(body)));
      return true;
    };
  const listed = async (storage: ObjectStorage) => {
    const names: string[] = [];
    for await (const { name } of storage.list(never)) names.push(name);
    return names.sort();
  };
  const contentOf = async (storage: ObjectStorage, start: number, end: number) => {
    await using file = await storage.open('a', never);
    const parts: Uint8Array[] = [];
    for await (const part of file.read(start, end, never)) parts.push(part);
    return Buffer.concat(parts);
  };
  const putRandom = async (bytes: number) => {
    const content = randomBytes(bytes);
    await using upload = await at.destination.create('a', never);
    await upload.write(content);
    await upload.keep();
    return content;
  };

  it('whose list is cut and does not say where it goes on has not been listed', async () => {
    const Key = 'some/backups/volume@20261123T195500Z.tar.zst';
    const object = { Bucket: at.config.bucket, Key };
    const client = at.clientOf(at.owner);
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(object));
    await client.send(new UploadPartCommand({ ...object, UploadId, PartNumber: 1, Body: 'x' }));
    const later = new Date(Date.now() + 60_000);
    for (const [which, work] of [
      ['list-type=2', (storage: ObjectStorage) => listed(storage)],
      ['uploadId=', (storage: ObjectStorage) => storage.removeLeftovers(later, never)],
      ['uploads', (storage: ObjectStorage) => storage.removeLeftovers(later, never)],
    ] as const) {
      const cut = rewriting(which, (body) =>
        body
          .replace(/<Next(ContinuationToken|KeyMarker|PartNumberMarker)>[^<]*<\/[^>]+>/g, '')
          .replace('<IsTruncated>false', '<IsTruncated>true'),
      );
      await using between = await behind(cut);
      assert.equal((await at.everything()).length, 1);
      await rejectsWith('destinationNotReached', work(between.storage));
    }
  });

  it('that does not encode the names in its lists has the names that it says', async () => {
    const names = ['100%', 'a%2Fb@20261123T195500Z.tar.zst', 'a+b'];
    for (const name of names) await at.put(name, 1);
    const plain = rewriting('list-type=2', (body) =>
      body
        .replace('<EncodingType>url</EncodingType>', '')
        .replace(/<Key>([^<]*)<\/Key>/g, (_, key: string) => `<Key>${decodeURIComponent(key)}</Key>`),
    );
    await using between = await behind(plain);
    assert.deepEqual(await listed(between.storage), names);
    assert.deepEqual(await listed(at.destination), names);
  });

  it('that gives no parts of a file is read all the same, also where its answers end early', async () => {
    const content = await putRandom(10 * MB);
    let whole = 0;
    await using between = await behind(({ method, url }, answer, to) => {
      if (method !== 'GET' || url!.includes('list-type')) return false;
      answer.destroy();
      whole++;
      const { bucket: Bucket } = at.config;
      const get = at.clientOf(at.owner).send(new GetObjectCommand({ Bucket, Key: 'some/backups/a' }));
      void get.then(async ({ Body, ETag, ContentLength }) => {
        to.writeHead(200, { etag: ETag, 'content-length': ContentLength });
        const cutAt = whole === 1 ? 3 * MB : Infinity;
        let sent = 0;
        await pipeline(
          Body as NodeJS.ReadableStream,
          async function* (pieces) {
            for await (const piece of pieces as AsyncIterable<Buffer>) {
              yield piece;
              if ((sent += piece.length) > cutAt) throw new Error('enough');
            }
          },
          to,
        ).catch(() => to.destroy());
      });
      return true;
    });
    assert.ok((await contentOf(between.storage, 0, 10 * MB)).equals(content));
    assert.equal(whole, 2);
    assert.ok((await contentOf(between.storage, 5 * MB, 6 * MB)).equals(content.subarray(5 * MB, 6 * MB)));
  });

  it('that gives other bytes than were asked for, or does not say which, is not believed', async () => {
    await putRandom(1 * MB);
    for (const range of ['bytes 1000-1999/1000000', undefined]) {
      await using between = await behind(({ method }, answer, to) => {
        if (method !== 'GET') return false;
        const { 'content-range': _, ...headers } = answer.headers;
        to.writeHead(206, { ...headers, ...(range && { 'content-range': range }) });
        answer.pipe(to);
        return true;
      });
      await rejectsWith('destinationNotReached', contentOf(between.storage, 0, 1000));
    }
  });

  it('that takes its time to make one file of the parts is waited for', async () => {
    let completed = 0;
    const slowly: Answer = ({ method, url }, answer, to) => {
      if (method !== 'POST' || !url!.includes('uploadId=')) return false;
      completed++;
      void sleep(3_000).then(() => answer.pipe(to.writeHead(answer.statusCode!, answer.headers)));
      return true;
    };
    await using between = await behind(slowly, { silentMs: 1_000 });
    await at.put('large', 20 * MB, between.storage);
    assert.equal(completed, 1);
  });

  it('whose last answer is lost is asked until it has the file, and is not told to forget what it may be at', async () => {
    const silent = { silentMs: 1_000, completeMs: 300, unclearMs: 3_000 };
    for (const shownAfter of [2, Infinity]) {
      let looked = 0;
      let forgotten = 0;
      const answer: Answer = ({ method, url }, _, to) => {
        if (method === 'DELETE') forgotten++;
        if (method === 'HEAD' && looked++ < shownAfter) refuse(to, 404);
        else if (method !== 'POST' || !url!.includes('uploadId=')) return false;
        return true;
      };
      await using between = await behind(answer, silent);
      const put = at.put('large', 20 * MB, between.storage);
      if (shownAfter === Infinity) await rejectsWith('destinationNotReached', put);
      else await put;
      assert.ok(looked > 2, String(looked));
      assert.equal(forgotten, 0);
    }
  });

  it('that lets nobody look at what they have written has it all the same; what is too short has not been kept', async () => {
    for (const [status, name] of [
      [403, 'forbidden'],
      [503, 'away'],
    ] as const) {
      await using between = await behind(({ method }, _, to) => method === 'HEAD' && (refuse(to, status), true));
      await at.put(`${name}, large`, 20 * MB, between.storage);
      await at.put(`${name}, small`, 1 * MB, between.storage);
    }
    const kept = ['away, large', 'away, small', 'forbidden, large', 'forbidden, small'];
    assert.deepEqual(await listed(at.destination), kept);
    await using between = await behind(({ method }, answer, to) => {
      if (method !== 'HEAD') return false;
      to.writeHead(200, { ...answer.headers, 'content-length': '5' }).end();
      return true;
    });
    await rejectsWith('destinationNotWritable', at.put('short', 1 * MB, between.storage));
    assert.deepEqual(await listed(at.destination), kept);
  });

  it('that takes parts of one size only gets no others, and none at all of what would be too large', async () => {
    const sizes: number[] = [];
    await using between = await behind(({ method, url, headers }) => {
      const number = /partNumber=(\d+)/.exec(url!)?.[1];
      if (method === 'PUT' && number) sizes[Number(number) - 1] = Number(headers['content-length']);
      return false;
    });
    {
      await using upload = await between.storage.create('large', never);
      upload.expect?.(200e9);
      await upload.write(Buffer.alloc(70 * MB));
      await upload.keep();
    }
    assert.deepEqual(
      sizes,
      [20, 20, 20, 70e6 / 1024 ** 2 - 60].map((each) => each * 1024 ** 2),
    );
    await using upload = await between.storage.create('too large', never);
    assert.throws(() => upload.expect?.(1e16), /in at most 10000 parts/);
    assert.deepEqual(await at.everything(), ['some/backups/large']);
  });
});
