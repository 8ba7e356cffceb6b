import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRegistry } from '../../scripts/testbed/registry.mjs';
import { isFailure } from '../../src/core/failure';
import { Registry } from '../../src/destinations/registry';
import { never } from '../fixtures/engine';
import { rejectsWith } from '../fixtures/failures';
import { RegistryOfSuite } from '../fixtures/registry';
import { fill, MB } from '../fixtures/storage';
import { proxyTo } from '../fixtures/storageProxy';

describe('a registry that fails', () => {
  const at = RegistryOfSuite.forSuite();

  const contentOf = async (destination: Registry, name: string) => {
    await using file = await destination.open(name, never);
    const parts: Uint8Array[] = [];
    for await (const part of file.read(0, file.bytes, never)) parts.push(part);
    return Buffer.concat(parts);
  };

  it('that falls silent is not waited for', async () => {
    const impatient = at.at({ silentMs: 500 });
    await using upload = await impatient.create('a', never);
    at.server.signal('SIGSTOP');
    try {
      await rejectsWith('destinationNotReached', fill(upload, 40 * MB));
      await rejectsWith('destinationNotReached', impatient.open('a', never));
    } finally {
      at.server.signal('SIGCONT');
    }
  });

  it('that dies in an upload has nothing of it, and takes the next one', async () => {
    const uploading = (async () => {
      await using upload = await at.destination.create('a', never);
      await fill(upload, 20 * MB);
      await at.server.kill();
      await fill(upload, 40 * MB);
      await upload.keep();
    })();
    const error = await uploading.catch((reason: unknown) => reason);
    await at.server.start();
    assert.ok(isFailure(error, 'destinationNotReached'), String(error));
    for await (const { name } of at.destination.list(never)) assert.fail(name);
    await at.put('a', 1 * MB);
    assert.equal((await contentOf(at.destination, 'a')).length, 1 * MB);
  });

  it('that dies while a file is read gives the rest when it is back; when it stays away, that is said', async () => {
    const content = randomBytes(30 * MB);
    {
      await using upload = await at.destination.create('a', never);
      await upload.write(content);
      await upload.keep();
    }
    await using file = await at.destination.open('a', never);
    const parts: Uint8Array[] = [];
    for await (const part of file.read(0, file.bytes, never)) {
      if (parts.push(part) === 20) {
        await at.server.kill();
        void sleep(200).then(() => at.server.start());
      }
    }
    assert.ok(Buffer.concat(parts).equals(content));
    const reading = (async () => {
      for await (const _ of file.read(0, file.bytes, never)) await at.server.kill();
    })();
    await rejectsWith('destinationNotReached', reading).finally(() => at.server.start());
  });

  it('whose tokens end in an upload gets others; whose user is taken back refuses the rest, and lists nothing', async () => {
    const upload = async (meanwhile: () => void) => {
      at.tokens.validMs = 2_000;
      await using upload = await at.destination.create('a', never);
      await fill(upload, 5 * MB);
      await sleep(2_100);
      meanwhile();
      await fill(upload, 5 * MB);
      await upload.keep();
    };
    try {
      const { given } = at.tokens;
      await upload(() => {});
      assert.ok(at.tokens.given > given + 1);
      await at.destination.remove('a', never);
      await rejectsWith(
        'destinationRefused',
        upload(() => at.tokens.passwords.clear()),
      );
    } finally {
      at.tokens.validMs = 300_000;
    }
    assert.deepEqual(
      at.everything().filter((each) => !each.startsWith('upload ')),
      [],
    );
  });

  it('does not take a file in of which a byte was changed on the way', async () => {
    let pieces = 0;
    await using between = await proxyTo(`http://${at.server.host}`, {
      body: (piece, { method }) => {
        if (method === 'PATCH' && ++pieces === 50) piece[0]! ^= 1;
        return piece;
      },
    });
    const through = at.at({ host: new URL(between.endpoint).host });
    await rejectsWith('destinationNotWritable', at.put('a', 10 * MB, through));
    assert.ok(pieces > 50);
    assert.deepEqual(at.everything(), []);
  });

  it('has a file that it has, also when its last answers are lost', async () => {
    let lost = 0;
    await using between = await proxyTo(`http://${at.server.host}`, {
      // Each attempt's.
      answer: ({ method }, _, to) => {
        if (method !== 'PUT') return false;
        lost++;
        to.destroy();
        return true;
      },
    });
    await at.put('a', 5 * MB, at.at({ host: new URL(between.endpoint).host }));
    assert.equal((await contentOf(at.destination, 'a')).length, 5 * MB);
    assert.ok(lost >= 6, String(lost));
  });

  it('is asked for the rest where its answer ends early as if it were whole, and where it gives no parts', async () => {
    await at.put('a', 10 * MB);
    const content = await contentOf(at.destination, 'a');
    let cut = 0;
    await using between = await proxyTo(`http://${at.server.host}`, {
      answer: ({ url }, answer, to) => {
        if (!url!.includes('/blobs/') || cut > 2) return false;
        cut++;
        const { 'content-length': _, ...headers } = answer.headers;
        to.writeHead(answer.statusCode!, headers);
        answer.once('data', (piece: Buffer) => {
          to.end(piece);
          answer.destroy();
        });
        return true;
      },
      headers: ({ range: _, ...headers }) => headers,
    });
    const through = at.at({ host: new URL(between.endpoint).host });
    cut = 3;
    await using file = await through.open('a', never);
    const parts: Uint8Array[] = [];
    for await (const part of file.read(5 * MB, 6 * MB, never)) parts.push(part);
    assert.ok(Buffer.concat(parts).equals(content.subarray(5 * MB, 6 * MB)), 'a part');
    cut = 0;
    assert.ok((await contentOf(through, 'a')).equals(content));
    assert.equal(cut, 3);
  });

  it('that gives another text of a manifest than the one that it knows it by removes it all the same', async () => {
    await at.put('a', 1 * MB);
    await using between = await proxyTo(`http://${at.server.host}`, {
      answer: ({ method, url }, answer, to) => {
        if (method !== 'GET' || !url!.includes('/manifests/') || answer.statusCode !== 200) return false;
        const { 'content-length': _, ...headers } = answer.headers;
        void text(answer).then((body) => to.writeHead(200, headers).end(`${body}\n`));
        return true;
      },
    });
    await at.at({ host: new URL(between.endpoint).host }).remove('a', never);
    assert.deepEqual(at.everything(), []);
  });

  it('has other bytes than it says: they are not taken for the file', async () => {
    await at.put('a', 2 * MB);
    const blobs = path.join(at.server.data, 'docker/registry/v2/blobs');
    const found = execFileSync('find', [blobs, '-type', 'f', '-size', '2000000c'], { encoding: 'utf8' });
    for (const file of found.trim().split('\n')) fs.writeFileSync(file, randomBytes(2 * MB));
    await rejectsWith('backupNotReadable', contentOf(at.destination, 'a'));
  });

  it('that repeats the password in its answer is not quoted with it', async () => {
    const { password } = at.login;
    await using between = await proxyTo(`http://${at.server.host}`, {
      answer: ({ headers }, _, to) => {
        if (!headers.authorization) return false;
        to.writeHead(403);
        to.end(
          JSON.stringify({ errors: [{ code: 'DENIED', message: `${headers.authorization} ${password} is denied` }] }),
        );
        return true;
      },
    });
    const talkative = at.at({ host: new URL(between.endpoint).host });
    const error = await rejectsWith('destinationRefused', talkative.open('a', never));
    const said = [error.message, JSON.stringify(error.details), error.stack, String(error.cause)].join('\n');
    assert.match(said, /DENIED: Bearer … … is denied \(HTTP 403\)/);
    assert.ok(!said.includes(password));
  });
});

describe('a registry of its own kind', () => {
  let folder: string;
  beforeEach(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'registry-'))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));
  const put = async (destination: Registry, bytes: number) => {
    await using upload = await destination.create('file', never);
    await fill(upload, bytes);
    await upload.keep();
  };

  it('that is full says so, and keeps what it had', async () => {
    const data = path.join(folder, 'data');
    fs.mkdirSync(data);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', data]);
    const server = await startRegistry(folder, { access: 'none', data });
    try {
      const destination = new Registry({ repository: `${server.host}/a`, findLogin: async () => undefined });
      await put(destination, 2 * MB);
      await rejectsWith('destinationFull', put(destination, 20 * MB));
      const listed: number[] = [];
      for await (const { bytes } of destination.list(never)) listed.push(bytes);
      assert.deepEqual(listed, [2 * MB]);
    } finally {
      await server.stop();
      execFileSync('umount', ['--lazy', data]);
    }
  });

  it('that removes nothing says so', async () => {
    const server = await startRegistry(folder, { access: 'none', removes: false });
    try {
      const destination = new Registry({ repository: `${server.host}/a`, findLogin: async () => undefined });
      await put(destination, 1 * MB);
      const { details } = await rejectsWith('destinationNotWritable', destination.remove('file', never));
      assert.match(JSON.stringify(details), /UNSUPPORTED/);
      await using between = await proxyTo(`http://${server.host}`, {
        answer: ({ method }, _, to) => method === 'DELETE' && (to.writeHead(404).end(), true),
      });
      const { host } = new URL(between.endpoint);
      const through = new Registry({ repository: `${host}/a`, findLogin: async () => undefined });
      await rejectsWith('destinationNotWritable', through.remove('file', never));
    } finally {
      await server.stop();
    }
  });
});
