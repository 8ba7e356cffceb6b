import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { startRegistry, type TestRegistry } from '../../scripts/testbed/registry.mjs';
import { never } from '../fixtures/engine';
import { run } from './extension';
import { Person, theFirst, theLast } from './person';
import { fileScene } from './scene';

describe('a registry as a destination of backups', function () {
  this.timeout(120_000);
  const here = fileScene();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'registry-'));
  const { DOCKER_CONFIG } = process.env;
  let registry: TestRegistry;

  before(async () => {
    registry = await startRegistry(folder);
    registry.tokens!.passwords.set('tester', 'canary-password');
    process.env.DOCKER_CONFIG = folder;
    logIn(registry.host, 'tester:canary-password');
  });
  after(async () => {
    if (DOCKER_CONFIG === undefined) delete process.env.DOCKER_CONFIG;
    else process.env.DOCKER_CONFIG = DOCKER_CONFIG;
    await registry?.stop();
    fs.rmSync(folder, { recursive: true });
  });
  afterEach(async () => {
    await vscode.workspace
      .getConfiguration('dockerVolumes')
      .update('destinations', undefined, vscode.ConfigurationTarget.Global);
  });
  const logIn = (host: string, pair: string) => {
    const auths = { [host]: { auth: Buffer.from(pair).toString('base64') } };
    fs.writeFileSync(path.join(folder, 'config.json'), JSON.stringify({ auths }));
  };
  const setUp = () => vscode.workspace.getConfiguration('dockerVolumes').get<object[]>('destinations');

  it('is offered last, knows the user by docker login, and takes backups and gives them back', async () => {
    const repository = `${registry.host}/team/backups`;
    using person = new Person().willAnswer(theLast, repository, 'images', '$(unlock) Not encrypted');
    await run('addDestination');
    assert.deepEqual([person.heard, person.hints], [[], []]);
    assert.deepEqual(setUp(), [{ name: 'images', type: 'registry', repository }]);

    person.willAnswer('images');
    await run('backUp', await here.node());
    assert.match(person.last, /backed up to images/);
    const [destination] = await here.api.backups();
    const [volume] = await here.api.backups(destination);
    const [backup] = await here.api.backups(volume);
    await run('verifyBackup', backup);
    assert.match(person.last, /is whole/);
    const name = `${here.volume.name}-2`;
    person.willAnswer(theFirst, name);
    await run('restoreBackup', backup);
    assert.equal(await here.read(await here.test.engine.inspectVolume(name, never)), 'good');
    await here.test.engine.removeVolume(name);
    person.willAnswer('Delete');
    await run('deleteBackup', backup);
    assert.deepEqual(await here.api.backups((await here.api.backups())[0]), []);
    assert.ok(!JSON.stringify([person.heard, person.details, setUp()]).includes('canary-password'));
  });

  it('that refuses the login says so, and one that everybody can read is used only by who wants that', async () => {
    logIn(registry.host, 'tester:wrong');
    using person = new Person();
    person.willAnswer(
      theLast,
      `${registry.host}/team/backups`,
      'images',
      '$(unlock) Not encrypted',
      undefined,
      undefined,
    );
    await run('addDestination');
    assert.match(person.heard[0]!, /refuses; check its keys/);

    const inner = path.join(folder, 'open');
    fs.mkdirSync(inner);
    const open = await startRegistry(inner, { access: 'none' });
    try {
      const answers = [theLast, `${open.host}/backups`, 'images', '$(unlock) Not encrypted'] as const;
      person.willAnswer(...answers, undefined);
      await run('addDestination');
      assert.match(person.last, /may be public/);
      assert.match(person.details.at(-1)!, /everybody who reaches it, without a login.\n\nThey are not encrypted/);
      assert.ok(!setUp()?.length);
      person.willAnswer(...answers, 'Use It All the Same');
      await run('addDestination');
      assert.equal(setUp()?.length, 1);
    } finally {
      await open.stop();
    }
  });
});
