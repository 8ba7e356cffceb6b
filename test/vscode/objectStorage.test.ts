import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import * as vscode from 'vscode';
import { startObjectStorage, type Gateway, type Keys } from '../../scripts/testbed/object-storage.mjs';
import { run } from './extension';
import { Person } from './person';
import { fileScene } from './scene';

describe('an object storage as a destination of backups', function () {
  this.timeout(120_000);
  const here = fileScene();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 's3-'));
  let gateway: Gateway;
  let keys: Keys;

  before(async () => {
    gateway = await startObjectStorage(folder);
    keys = await gateway.addUser('owner');
    const { accessKeyId, secretAccessKey } = keys;
    const s3 = new S3Client({
      endpoint: gateway.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
    });
    await s3.send(new CreateBucketCommand({ Bucket: 'the-bucket' }));
  });
  after(async () => {
    await vscode.workspace
      .getConfiguration('dockerVolumes')
      .update('destinations', undefined, vscode.ConfigurationTarget.Global);
    await gateway?.stop();
    fs.rmSync(folder, { recursive: true });
  });

  const answers = (secret: string, name: string) => [
    ...['$(cloud) Object storage', gateway.endpoint, '', 'the-bucket', 'some/backups'],
    ...['Access key', keys.accessKeyId, secret, name],
    '$(unlock) Not encrypted',
  ];

  it('is refused with wrong keys, and kept with the right ones, of which the settings know nothing', async () => {
    using person = new Person().willAnswer(...answers('wrong', 'storage'), undefined, undefined);
    await run('addDestination');
    assert.match(person.heard.join('\n'), /refuses; check its keys/);
    person.willAnswer(...answers(keys.secretAccessKey, 'storage'));
    await run('addDestination');
    const said = vscode.workspace.getConfiguration('dockerVolumes').get('destinations');
    assert.deepEqual(said, [
      {
        ...{ name: 'storage', type: 's3', bucket: 'the-bucket', prefix: 'some/backups' },
        ...{ endpoint: gateway.endpoint, pathStyle: true },
      },
    ]);
    assert.ok(!JSON.stringify([person.heard, person.details]).includes(keys.secretAccessKey));
  });

  it('takes a backup and gives it back', async () => {
    using person = new Person().willAnswer('storage');
    await run('backUp', await here.node());
    assert.match(person.last, /backed up to storage \(\d+ B\) in/);
    await here.write('damaged');
    const [destination] = await here.api.backups();
    const [volume] = await here.api.backups(destination);
    const [backup] = await here.api.backups(volume);
    person.willAnswer(here.volume.name, 'Restore');
    await run('restoreBackup', backup);
    assert.match(person.last, / restored in /);
    assert.equal(await here.read(), 'good');
  });

  it('keeps its key where nobody types another one', async () => {
    const [destination] = await here.api.backups();
    using person = new Person().willAnswer(...answers('', 'storage 2').slice(1));
    await run('editDestination', destination);
    assert.deepEqual(person.heard, []);
    const [renamed] = await here.api.backups();
    await run('testDestination', renamed);
    assert.match(person.last, /“storage 2” works/);
  });
});
