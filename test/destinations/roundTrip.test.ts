import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { type Gateway, startObjectStorage } from '../../scripts/testbed/object-storage.mjs';
import { type TestRegistry, startRegistry } from '../../scripts/testbed/registry.mjs';
import { type RcloneRemotes, startRcloneRemotes } from '../../scripts/testbed/rclone-remotes.mjs';
import { backupName } from '../../src/core/backup/backupName';
import type { Destination, StoredFile } from '../../src/core/backup/destination';
import * as operations from '../../src/core/operations';
import { newIdentity, recipientOf } from '../../src/destinations/age/keys';
import { Encrypted } from '../../src/destinations/encrypted';
import { Folder } from '../../src/destinations/folder';
import { Rclone } from '../../src/destinations/rclone';
import { Registry } from '../../src/destinations/registry';
import { ObjectStorage } from '../../src/destinations/s3';
import { never } from '../fixtures/engine';
import { assertSameTree, Operations } from '../fixtures/operations';

const awkwardTree = fs.readFileSync(path.resolve('test/fixtures/make-awkward-tree.py'), 'utf8');

describe('a volume that is backed up and restored to a new volume', function () {
  this.timeout(120_000);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'round-trip-'));
  let ops: Operations;
  let gateway: Gateway;
  let remotes: RcloneRemotes;
  let registry: TestRegistry;
  before(async () => {
    ops = await Operations.connect();
    gateway = await startObjectStorage(path.join(folder, 'storage'));
    fs.mkdirSync(path.join(folder, 'remotes'));
    remotes = await startRcloneRemotes(path.join(folder, 'remotes'));
    fs.mkdirSync(path.join(folder, 'registry'));
    registry = await startRegistry(path.join(folder, 'registry'), { access: 'none' });
  });
  after(async () => {
    await registry?.stop();
    await remotes?.stop();
    await gateway?.stop();
    await ops?.[Symbol.asyncDispose]();
    fs.rmSync(folder, { recursive: true });
  });

  const encrypted = async (place: Destination) => {
    const identity = await newIdentity();
    const lock = { recipients: [await recipientOf(identity)] };
    return new Encrypted(place, lock, { identities: [identity], passphrases: [] });
  };
  const roundTrip = async (destination: Destination) => {
    const volume = await ops.test.createVolume();
    await ops.python(volume, `import sys\nsys.argv[1:] = ['/data', '--without-socket']\n${awkwardTree}`);
    // Larger than the parts that are sent at once.
    await ops.python(
      volume,
      `import os\nfor n in range(40): open(f'/data/noise-{n}', 'wb').write(os.urandom(1 << 20))`,
    );
    const place = { destination, file: backupName(volume.name, new Date()) };
    const request = { ...place, volume: volume.name, note: 'for a backup', level: 3, tool: 'a test' };
    await ops.run('backup', volume.name, (run) => operations.backUpVolume(ops.host, request, run));
    await ops.run('verifyBackup', volume.name, (run) => operations.verifyBackup(place, run));
    const name = ops.test.name('from-backup');
    const made = await ops.run('import', name, (run) =>
      operations.importToNewVolume(ops.host, { ...place, name, note: 'from a backup' }, run),
    );
    assertSameTree(await ops.treeOf(made.volume), await ops.treeOf(volume));
    await ops.delete(made.snapshot);
    await ops.test.engine.removeVolume(name);
    await ops.assertNothingLeft();
  };

  it('is equal by way of a folder', async () => {
    const backups = path.join(folder, 'backups');
    fs.mkdirSync(backups);
    await roundTrip(new Folder(backups));
  });

  it('is equal by way of a folder whose files are encrypted', async () => {
    const backups = path.join(folder, 'encrypted');
    fs.mkdirSync(backups);
    await roundTrip(await encrypted(new Folder(backups)));
  });

  it('is equal by way of an object storage', async () => roundTrip(await bucket('plain')));

  it('is equal by way of an object storage whose files are encrypted', async () => {
    await roundTrip(await encrypted(await bucket('encrypted')));
  });

  const bucket = async (name: string) => {
    const keys = await gateway.addUser(name);
    const { endpoint } = gateway;
    const s3 = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: keys });
    await s3.send(new CreateBucketCommand({ Bucket: name }));
    return new ObjectStorage({ bucket: name, prefix: 'a/b', endpoint, ...keys });
  };

  for (const remote of ['webdav', 'sftp'] as const)
    it(`is equal by way of an rclone remote of ${remote}`, async () => {
      await roundTrip(new Rclone({ remote: `${remote}:`, configFile: remotes.configFile }));
    });

  it('is equal by way of an rclone remote whose files are encrypted', async () => {
    await roundTrip(await encrypted(new Rclone({ remote: 'sftp:', configFile: remotes.configFile })));
  });

  const repository = (name: string) =>
    new Registry({ repository: `${registry.host}/${name}`, findLogin: async () => undefined });

  it('is equal by way of a registry', () => roundTrip(repository('plain')));

  it('is equal by way of a registry whose files are encrypted', async () => {
    await roundTrip(await encrypted(repository('encrypted')));
  });

  it('is equal by way of an image that was made of it as Docker Desktop does', async () => {
    const volume = await ops.test.createVolume();
    const makeTree = `import os
os.makedirs('/data/a/b')
open('/data/a/b/file', 'w').write('content' * 1000)
os.link('/data/a/b/file', '/data/a/link'); os.symlink('b/file', '/data/a/symlink'); os.chown('/data/a', 12, 34)
for path in ['/data/a/b/file', '/data/a/b', '/data/a/symlink', '/data/a', '/data']: os.utime(path, (1, 1700000000), follow_symlinks=False)`;
    await ops.python(volume, makeTree);
    const { docker } = ops.test;
    const repo = `${registry.host}/images`;
    const push = async (tag: string) => {
      const image = docker.getImage(`${repo}:${tag}`);
      const sent = await image.push({ authconfig: { username: 'x', password: 'x', serveraddress: registry.host } });
      for await (const said of sent) assert.doesNotMatch(String(said), /"error"/);
      await image.remove();
    };
    const onNothing = { image: `${repo}:nothing`, Binds: [] as string[] };
    await docker.importImage(Readable.from([Buffer.alloc(1024)]), { repo, tag: 'nothing' }).then(resume);
    const copied = await ops.test.createContainer([], { Binds: [`${volume.name}:/volume-data`] });
    const container = docker.getContainer(
      await ops.test.createContainer([], {
        ...onNothing,
        Init: false,
        command: ['/bin/sh', '-c', 'cp -Rp -v /mount-volume/. /volume-data/;'],
        labels: { 'com.volumes-backup-extension.volume': 'the-volume' },
      }),
    );
    await container.putArchive(await docker.getContainer(copied).getArchive({ path: '/volume-data' }), { path: '/' });
    await container.commit({ repo, tag: 'exported' });
    await container.remove();
    for (const tag of ['nothing', 'exported']) await push(tag);

    const destination = repository('images');
    const found: StoredFile[] = [];
    for await (const file of destination.list(never)) found.push(file);
    const [{ name: file, image } = assert.fail()] = found;
    assert.deepEqual(
      [file, image, found.length],
      ['exported.image', { volume: 'the-volume', folder: 'volume-data' }, 1],
    );
    const name = ops.test.name('from-image');
    const request = { destination, file, isForeign: true, within: image!.folder, name, note: 'from an image' };
    const made = await ops.run('import', name, (run) => operations.importToNewVolume(ops.host, request, run));
    assertSameTree(await ops.treeOf(made.volume), await ops.treeOf(volume));
    await ops.delete(made.snapshot);
    await ops.test.engine.removeVolume(name);
  });
});

async function resume(stream: NodeJS.ReadableStream): Promise<void> {
  for await (const _ of stream);
}
