import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { type Gateway, startObjectStorage } from '../../scripts/testbed/object-storage.mjs';
import { type RcloneRemotes, startRcloneRemotes } from '../../scripts/testbed/rclone-remotes.mjs';
import { backupName } from '../../src/core/backup/backupName';
import type { Destination } from '../../src/core/backup/destination';
import * as operations from '../../src/core/operations';
import { newIdentity, recipientOf } from '../../src/destinations/age/keys';
import { Encrypted } from '../../src/destinations/encrypted';
import { Folder } from '../../src/destinations/folder';
import { Rclone } from '../../src/destinations/rclone';
import { ObjectStorage } from '../../src/destinations/s3';
import { assertSameTree, Operations } from '../fixtures/operations';

const awkwardTree = fs.readFileSync(path.resolve('test/fixtures/make-awkward-tree.py'), 'utf8');

describe('a volume that is backed up and restored to a new volume', function () {
  this.timeout(120_000);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'round-trip-'));
  let ops: Operations;
  let gateway: Gateway;
  let remotes: RcloneRemotes;
  before(async () => {
    ops = await Operations.connect();
    gateway = await startObjectStorage(path.join(folder, 'storage'));
    fs.mkdirSync(path.join(folder, 'remotes'));
    remotes = await startRcloneRemotes(path.join(folder, 'remotes'));
  });
  after(async () => {
    await remotes?.stop();
    await gateway?.stop();
    await ops?.[Symbol.asyncDispose]();
    fs.rmSync(folder, { recursive: true });
  });

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
    const identity = await newIdentity();
    const lock = { recipients: [await recipientOf(identity)] };
    await roundTrip(new Encrypted(new Folder(backups), lock, { identities: [identity], passphrases: [] }));
  });

  it('is equal by way of an object storage', async () => {
    const keys = await gateway.addUser('owner');
    const { accessKeyId, secretAccessKey } = keys;
    const { endpoint } = gateway;
    const s3 = new S3Client({
      endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
    });
    await s3.send(new CreateBucketCommand({ Bucket: 'round-trip' }));
    await roundTrip(new ObjectStorage({ bucket: 'round-trip', prefix: 'a/b', endpoint, ...keys }));
  });

  for (const remote of ['webdav', 'sftp'] as const)
    it(`is equal by way of an rclone remote of ${remote}`, async () => {
      await roundTrip(new Rclone({ remote: `${remote}:`, configFile: remotes.configFile }));
    });
});
