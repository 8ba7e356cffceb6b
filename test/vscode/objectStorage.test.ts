import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import * as vscode from 'vscode';
import { startObjectStorage, type Gateway, type Keys } from '../../scripts/testbed/object-storage.mjs';
import { Canaries } from '../fixtures/canaries';
import type { TestEngine } from '../fixtures/engine';
import { run, setEngine, until } from './extension';
import { Person, theFirst } from './person';
import { fileScene } from './scene';

/** Where VS Code keeps what it has: its own processes are told so. */
function profileOf(pid: number): string {
  const [, folder] = /--user-data-dir[=\0]([^\0]+)/.exec(fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? [];
  const parent = Number(/^PPid:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  return folder ?? profileOf(parent);
}

/** All that an engine says of itself, and what of the store is no content of files. */
async function describeEngine(test: TestEngine): Promise<string> {
  const { docker } = test;
  const containers = await docker.listContainers({ all: true });
  const details = await Promise.all(
    containers.map(({ Id }) =>
      docker
        .getContainer(Id)
        .inspect()
        .catch(() => ({})),
    ),
  );
  const { facts, names } = test.engine.connection;
  const binds = [`${facts.rootFolder}/${names.storeFolder}:/store:ro`];
  const said = 'cd /store; grep -r "" catalog volumes/*/snapshots/*/entry.json';
  const store = await test.run(undefined, ['sh', '-c', said], { binds });
  return JSON.stringify([details, await docker.listVolumes(), await docker.listImages({ all: true }), String(store)]);
}

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

  it('has its keys, and those of its backups, nowhere but where VS Code keeps secrets', async () => {
    const passphrase = `canary-${randomBytes(9).toString('hex')}`;
    const password = `canary-${randomBytes(9).toString('hex')}`;
    const kept = fs.mkdtempSync(path.join(folder, 'kept-'));
    const keyFile = path.join(folder, 'the key.txt');
    using person = new Person().willAnswer(...answers(keys.secretAccessKey, 'locked storage').slice(0, -1));
    person.willAnswer('$(lock) With a passphrase', passphrase, passphrase);
    await run('addDestination');
    person.willAnswer(theFirst, kept, 'locked folder', '$(key) With a new key', 'Save…', keyFile);
    await run('addDestination');
    const identity = /^AGE-SECRET-KEY-1\S+$/m.exec(fs.readFileSync(keyFile, 'utf8'))![0];
    const canaries = new Canaries([keys.secretAccessKey, passphrase, password, identity]);
    using processes = canaries.watchArguments();

    for (const name of ['locked storage', 'locked folder']) {
      person.willAnswer(name);
      await run('backUp', await here.node());
      assert.match(person.last, / backed up to locked /);
      const destination = (await here.api.backups()).find(({ config }) => config.name === name);
      const [backup] = await here.api.backups((await here.api.backups(destination))[0]);
      await run('verifyBackup', backup);
      assert.match(person.last, /is whole/);
      await run('tryBackup', backup);
      person.willAnswer(here.volume.name, 'Restore', undefined);
      await run('restoreBackup', backup);
      await until(() => / restored in /.test(person.last));
    }
    // Refused: it is said which one, and not what is in it.
    const setting = vscode.workspace.getConfiguration('dockerVolumes');
    const all = setting.get<object[]>('destinations')!;
    const inAddress = { name: 'x', type: 's3', bucket: 'b', endpoint: `http://user:${password}@127.0.0.1:1` };
    await setting.update('destinations', [...all, inAddress], vscode.ConfigurationTarget.Global);
    await setEngine(`tcp://user:${password}@127.0.0.1:1`);
    await run('refresh').then(undefined, () => {});
    await setEngine(undefined);
    await setting.update('destinations', all, vscode.ConfigurationTarget.Global);

    canaries.assertNoneIn('what was said', JSON.stringify([person.heard, person.details, person.hints]));
    canaries.assertNoneIn(
      'the timing records, which the page of timings shows',
      JSON.stringify(await here.api.timings()),
    );
    canaries.assertNoneIn('the views', JSON.stringify([await here.api.nodes(), await here.api.backups()]));
    canaries.assertNoneIn('the settings', JSON.stringify(vscode.workspace.getConfiguration('dockerVolumes')));
    canaries.assertNoneIn('the arguments of processes', processes.seen());
    canaries.assertNoneIn('the engine', await describeEngine(here.test));
    canaries.assertNoneBelow(kept);
    // The log, the state and the settings of VS Code, and files that somebody may have left. What the user saved, and what the
    // storage knows, are theirs.
    const profile = profileOf(process.pid);
    const logged = new Canaries([`backup ${here.volume.name}: done`]);
    assert.throws(() => logged.assertNoneBelow(profile), 'what is in the log would be found');
    for (const place of [profile, os.tmpdir()]) canaries.assertNoneBelow(place, [path.basename(folder)]);
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
