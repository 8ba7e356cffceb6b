import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { isFailure } from '../../src/core/failure';
import { ObjectStorage } from '../../src/destinations/s3';
import { never } from '../fixtures/engine';
import { rejectsWith } from '../fixtures/failures';
import { fill, MB, TestStorage } from '../fixtures/storage';
import { proxyTo } from '../fixtures/storageProxy';

describe('an object storage that fails', () => {
  const at = TestStorage.forSuite();

  it('that falls silent is not waited for', async () => {
    const patient = new ObjectStorage(at.config, { silentMs: 1_000 });
    await using upload = await patient.create('a', never);
    at.gateway.signalGateway('SIGSTOP');
    try {
      await rejectsWith('destinationNotReached', fill(upload, 40 * MB));
      await rejectsWith('destinationNotReached', patient.open('a', never));
    } finally {
      at.gateway.signalGateway('SIGCONT');
    }
  });

  it('whose gateway dies in an upload keeps all of it or nothing, and forgets what stayed', async () => {
    const name = 'volume@20261123T195500Z.tar.zst';
    const uploading = (async () => {
      await using upload = await at.destination.create(name, never);
      await fill(upload, 60 * MB);
      await at.gateway.killGateway();
      await fill(upload, 60 * MB);
      await upload.keep();
    })();
    const error = await uploading.catch((reason: unknown) => reason);
    assert.ok(isFailure(error, 'destinationNotReached'), String(error));
    await at.gateway.startGateway();
    assert.deepEqual(await at.everything(), [`upload of some/backups/${name}`]);
    await at.destination.removeLeftovers(new Date(Date.now() - 3_600_000), never);
    assert.equal((await at.everything()).length, 1, 'it may still be under way');
    await at.destination.removeLeftovers(new Date(Date.now() + 60_000), never);
    assert.deepEqual(await at.everything(), []);
  });

  it('that drops a connection in an upload, as a gateway that is started anew, has all of it', async () => {
    let dropped = 0;
    await using between = await proxyTo(at.gateway.endpoint, {
      answer: ({ url }, _, to) => {
        if (!url!.includes('partNumber=2') || ++dropped > 2) return false;
        void sleep(300).then(() => to.destroy());
        return true;
      },
    });
    await at.put('a', 60 * MB, new ObjectStorage({ ...at.config, endpoint: between.endpoint }));
    assert.equal(dropped, 3);
    await using file = await at.destination.open('a', never);
    assert.equal(file.bytes, 60 * MB);
  });

  it('that takes the keys back in an upload refuses the rest, and lists nothing', async () => {
    const keys = await at.gateway.addUser('leaving');
    const config = await at.newBucket(keys);
    await using upload = await new ObjectStorage(config).create('a', never);
    await fill(upload, 20 * MB);
    await at.gateway.admin('key', 'rm', '--uid', 'leaving', '--access-key', keys.accessKeyId);
    const rest = (async () => {
      await fill(upload, 60 * MB);
      await upload.keep();
    })();
    await rejectsWith('destinationRefused', rest);
    const again = { ...keys, accessKeyId: 'again' };
    const given = ['--access-key', again.accessKeyId, '--secret-key', again.secretAccessKey];
    await at.gateway.admin('key', 'create', '--uid', 'leaving', ...given);
    // The parts stay: whoever may not write may not clear up either.
    assert.deepEqual(await at.everything(config, again), ['upload of some/backups/a']);
  });

  it('that is full says so, and keeps what it had', async () => {
    const keys = await at.gateway.addUser('poor');
    const config = await at.newBucket(keys);
    const limited = new ObjectStorage(config);
    await at.put('older', 1 * MB, limited);
    await at.gateway.admin('quota', 'set', '--quota-scope', 'user', '--uid', 'poor', '--max-size', String(12 * MB));
    await at.gateway.admin('quota', 'enable', '--quota-scope', 'user', '--uid', 'poor');
    await rejectsWith('destinationFull', at.put('large', 60 * MB, limited));
    await rejectsWith('destinationFull', at.put('larger', 60 * MB, limited));
    assert.deepEqual(await at.everything(config, keys), ['some/backups/older']);
  });

  it('whose gateway dies while a file is read gives the rest when it is back', async () => {
    const content = randomBytes(60 * MB);
    {
      await using upload = await at.destination.create('a', never);
      await upload.write(content);
      await upload.keep();
    }
    await using file = await at.destination.open('a', never);
    const parts: Uint8Array[] = [];
    for await (const part of file.read(0, file.bytes, never)) {
      if (parts.push(part) === 20) {
        await at.gateway.killGateway();
        void sleep(200).then(() => at.gateway.startGateway());
      }
    }
    assert.ok(Buffer.concat(parts).equals(content));
  });

  it('does not end the reading of a file early when its gateway stays away', async () => {
    await at.put('a', 60 * MB);
    await using file = await at.destination.open('a', never);
    let bytes = 0;
    const reading = (async () => {
      for await (const part of file.read(0, file.bytes, never)) {
        if (bytes === 0) await at.gateway.killGateway();
        bytes += part.length;
      }
    })();
    await rejectsWith('destinationNotReached', reading).finally(() => at.gateway.startGateway());
    assert.ok(bytes < file.bytes);
  });

  it('does not take a file in of which a byte was changed on the way', async () => {
    let pieces = 0;
    await using between = await proxyTo(at.gateway.endpoint, {
      body: (piece) => {
        if (++pieces === 100) piece[0]! ^= 1;
        return piece;
      },
    });
    await rejectsWith(
      'destinationNotWritable',
      at.put('a', 30 * MB, new ObjectStorage({ ...at.config, endpoint: between.endpoint })),
    );
    assert.ok(pieces > 100);
    assert.deepEqual(await at.everything(), []);
  });

  it('that repeats the keys in its answer is not quoted with them', async () => {
    const { accessKeyId, secretAccessKey } = at.owner;
    await using between = await proxyTo(at.gateway.endpoint, {
      answer: (_request, _answer, to) => {
        const fields = `<AWSAccessKeyId>${accessKeyId}</AWSAccessKeyId><StringToSign>${secretAccessKey}</StringToSign>`;
        const message = `<Message>${accessKeyId} and ${secretAccessKey} do not match</Message>`;
        to.writeHead(403, { 'content-type': 'application/xml' });
        to.end(`<Error><Code>SignatureDoesNotMatch</Code>${message}${fields}</Error>`);
        return true;
      },
    });
    const talkative = new ObjectStorage({ ...at.config, endpoint: between.endpoint });
    const error = await rejectsWith('destinationRefused', talkative.create('a', never));
    const said = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify([error, error.cause]);
    assert.match(said, /do not match/);
    for (const secret of [accessKeyId, secretAccessKey]) assert.ok(!said.includes(secret), said);
  });

  it('has a file that it has, also when its last answer is lost', async () => {
    let lost = 0;
    await using between = await proxyTo(at.gateway.endpoint, {
      answer: ({ method, url }, _, to) => {
        const isLast =
          (method === 'POST' && url!.includes('uploadId=')) || (method === 'PUT' && !url!.includes('uploadId='));
        // Each attempt's.
        if (isLast && lost++ < 3) to.destroy();
        else return false;
        return true;
      },
    });
    const through = new ObjectStorage({ ...at.config, endpoint: between.endpoint });
    await at.put('large', 30 * MB, through);
    assert.equal(lost, 3);
    lost = 0;
    await at.put('small', 1 * MB, through);
    assert.deepEqual(await at.everything(), ['some/backups/large', 'some/backups/small']);
  });

  it('is asked for the rest where its answer ends early as if it were whole', async () => {
    await at.put('a', 10 * MB);
    let cut = 0;
    await using between = await proxyTo(at.gateway.endpoint, {
      answer: ({ method }, answer, to) => {
        if (method !== 'GET' || cut > 2) return false;
        cut++;
        const { 'content-length': _, ...headers } = answer.headers;
        to.writeHead(answer.statusCode!, headers);
        answer.once('data', (piece: Buffer) => {
          to.end(piece);
          answer.destroy();
        });
        return true;
      },
    });
    await using file = await new ObjectStorage({ ...at.config, endpoint: between.endpoint }).open('a', never);
    let bytes = 0;
    for await (const piece of file.read(0, file.bytes, never)) bytes += piece.length;
    assert.deepEqual([bytes, cut], [10 * MB, 3]);
  });
});
